import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import { CodeDeployServerDeployAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReleaseActionProps } from './release-target';

/** Properties of ServerReleaseAction. */
export interface ServerReleaseActionProps
  extends Pick<ReleaseActionProps, 'actionName' | 'input' | 'runOrder'> {
  readonly deploymentGroup: codedeploy.ServerDeploymentGroup;

  /** The role of the servers, which fetch the release themselves. */
  readonly serverRole: iam.IRole;
}

/**
 * CodePipeline's action for CodeDeploy, with less for the servers: they read the pipeline's artifacts and nothing about
 * the bucket. The right belongs to the pipeline, which may be in another stack than the servers.
 */
export class ServerReleaseAction extends CodeDeployServerDeployAction {
  private readonly serverRole: iam.IRole;

  constructor({ serverRole, ...props }: ServerReleaseActionProps) {
    super({ ...props, deploymentGroup: withoutServers(props.deploymentGroup) });
    this.serverRole = serverRole;
  }

  protected override bound(
    scope: Construct,
    stage: codepipeline.IStage,
    options: codepipeline.ActionBindOptions,
  ): codepipeline.ActionConfig {
    letServersRead(scope, this.serverRole, options.bucket);
    return super.bound(scope, stage, options);
  }
}

/** The group as one that was made elsewhere, to whose servers the action of aws-cdk-lib grants nothing. */
function withoutServers(group: codedeploy.ServerDeploymentGroup): codedeploy.IServerDeploymentGroup {
  const id = 'WithoutServers';
  const known = group.node.tryFindChild(id) as codedeploy.IServerDeploymentGroup | undefined;
  return (
    known ??
    codedeploy.ServerDeploymentGroup.fromServerDeploymentGroupAttributes(group, id, {
      application: group.application,
      deploymentGroupName: group.deploymentGroupName,
      deploymentConfig: group.deploymentConfig,
    })
  );
}

function letServersRead(scope: Construct, role: iam.IRole, bucket: s3.IBucket): void {
  const policy = new iam.Policy(scope, 'ReadRelease', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        sid: 'ReadRelease',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [bucket.arnForObjects('*')],
      }),
    ],
  });
  if (bucket.encryptionKey) {
    policy.addStatements(
      new iam.PolicyStatement({
        sid: 'DecryptRelease',
        actions: ['kms:Decrypt'],
        resources: [bucket.encryptionKey.keyArn],
      }),
    );
  }
  const resource = bucket.node.defaultChild as CfnElement | undefined;
  if (!resource) return;
  Validations.of(policy).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${Stack.of(bucket).getLogicalId(resource)}.Arn>/*]`,
    reason: 'CodePipeline gives each artifact a name of its own; the bucket holds nothing but artifacts.',
  });
}
