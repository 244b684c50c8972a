import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';

/** Properties of ServerRole. */
export interface ServerRoleProps {
  /** What the role is for, as IAM shows it. */
  readonly description: string;

  /** The log group that the servers write. */
  readonly logGroup: logs.ILogGroup;

  /** What the servers download at their first boot. */
  readonly assets: readonly assets.Asset[];
}

/** The role of a server: it writes its logs, downloads what it was made of, and answers Session Manager. */
export class ServerRole extends Construct {
  /** The role. */
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: ServerRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: props.description,
    });
    if (props.assets.length > 0) {
      this.role.addToPolicy(
        new iam.PolicyStatement({
          sid: 'ReadContent',
          actions: ['s3:GetObject'],
          resources: props.assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
        }),
      );
    }
    this.role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'WriteLogs',
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [props.logGroup.logGroupArn],
      }),
    );
    // What Session Manager needs and no more. The managed policy would also let the server read every
    // parameter of the account: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-add-permissions-to-existing-profile.html
    this.role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'SessionManager',
        actions: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        resources: ['*'],
      }),
    );
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason:
        'The channels of Session Manager have no resource to name; the managed policy, the alternative, grants more.',
    });
  }
}
