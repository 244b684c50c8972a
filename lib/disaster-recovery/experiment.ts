import { Aws, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as fis from 'aws-cdk-lib/aws-fis';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What all experiments of a game day share. */
export interface ExperimentSettings {
  /** Ends the experiment. */
  readonly stopAlarm: cloudwatch.IAlarm;

  /** What the experiment did. */
  readonly logGroup: logs.ILogGroup;
}

/** Properties of Experiment. */
export interface ExperimentProps extends ExperimentSettings {
  /** What shows as its name in the console. */
  readonly name: string;
  readonly description: string;
  readonly targets: Record<string, fis.CfnExperimentTemplate.ExperimentTemplateTargetProperty>;
  readonly actions: Record<string, fis.CfnExperimentTemplate.ExperimentTemplateActionProperty>;

  /** What the experiment may do. */
  readonly statements: readonly iam.PolicyStatement[];

  /** What cdk-nag finds in the statements, by its id in brackets, with the reason. */
  readonly wildcards: Readonly<Record<string, string>>;
}

/** A template of AWS Fault Injection Service, with a role that can do this experiment and no other. */
export class Experiment extends Construct {
  /** The template's id, with which an experiment is started. */
  readonly templateId: string;

  constructor(scope: Construct, id: string, props: ExperimentProps) {
    super(scope, id);
    const role = this.createRole(props);
    const template = new fis.CfnExperimentTemplate(this, 'Template', {
      description: props.description,
      tags: { Name: props.name },
      targets: props.targets,
      actions: props.actions,
      stopConditions: [{ source: 'aws:cloudwatch:alarm', value: props.stopAlarm.alarmArn }],
      roleArn: role.roleArn,
      experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
      logConfiguration: {
        logSchemaVersion: 2,
        // AWS FIS wants the ARN with the asterisk at its end, as aws-logs has it.
        cloudWatchLogsConfiguration: { LogGroupArn: props.logGroup.logGroupArn },
      },
    });
    // The template must not be there before its role's rights are.
    template.node.addDependency(role);
    this.templateId = template.attrId;
  }

  private createRole({ description, statements, wildcards }: ExperimentProps): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description,
      assumedBy: new iam.ServicePrincipal('fis.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:fis:${Aws.REGION}:${Aws.ACCOUNT_ID}:experiment/*`,
          },
        },
      }),
    });
    for (const statement of statements) role.addToPolicy(statement);
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'SetUpLogging',
        actions: [
          'logs:CreateLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:PutResourcePolicy',
        ],
        resources: ['*'],
      }),
    );
    Validations.of(role).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason:
          'What describes or finds resources, or sets up the delivery of logs, takes no narrower resource.',
      },
      ...Object.entries(wildcards).map(([finding, reason]) => ({
        id: `AwsSolutions::AwsSolutions-IAM5[${finding}]` as const,
        reason,
      })),
    );
    return role;
  }
}
