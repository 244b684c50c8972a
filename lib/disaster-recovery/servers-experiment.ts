import { Aws, Duration, Fn } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Experiment, type ExperimentSettings } from './experiment';

/** The action that lets an Auto Scaling group find no capacity. */
const NO_CAPACITY = 'aws:ec2:asg-insufficient-instance-capacity-error';

/** Properties of ServersExperiment. */
export interface ServersExperimentProps extends ExperimentSettings {
  readonly systemName: string;
  readonly autoScalingGroup: autoscaling.IAutoScalingGroup;

  /** The tag, with the system's name as its value, that the group and its servers bear. */
  readonly tag: string;

  /** All zones in which the group could launch servers. */
  readonly zones: readonly string[];
  readonly duration: Duration;
}

/**
 * Terminates all servers, and lets their group find no capacity for new ones, in any zone, until the time is over.
 *
 * So the target group is empty all that time, and Route 53 sees the primary as lost; the group's next attempt after it brings
 * the servers back. Cutting their subnets off would do less and harm more: traffic within a subnet goes on, and the group would
 * launch servers that can't download what they boot with. The group loses its capacity a minute before it loses its servers,
 * or it could launch some in between.
 */
export class ServersExperiment extends Experiment {
  constructor(scope: Construct, id: string, props: ServersExperimentProps) {
    const { autoScalingGroup, duration, systemName, tag, zones } = props;
    const resourceTags = { [tag]: systemName };
    super(scope, id, {
      ...props,
      name: `${systemName} servers`,
      description: `Takes all servers of ${systemName} away for ${duration.toHumanString()}`,
      targets: {
        Fleet: { resourceType: 'aws:ec2:autoscaling-group', resourceTags, selectionMode: 'ALL' },
        Servers: {
          resourceType: 'aws:ec2:instance',
          resourceTags,
          filters: [{ path: 'State.Name', values: ['running'] }],
          selectionMode: 'ALL',
        },
      },
      actions: {
        NoCapacity: {
          actionId: NO_CAPACITY,
          parameters: {
            availabilityZoneIdentifiers: Fn.join(',', [...zones]),
            duration: duration.toIsoString(),
            percentage: '100',
          },
          targets: { AutoScalingGroups: 'Fleet' },
        },
        Settle: {
          actionId: 'aws:fis:wait',
          parameters: { duration: Duration.minutes(1).toIsoString() },
        },
        Terminate: {
          actionId: 'aws:ec2:terminate-instances',
          targets: { Instances: 'Servers' },
          startAfter: ['Settle'],
        },
      },
      statements: statementsFor(autoScalingGroup.autoScalingGroupName, tag, systemName),
      wildcards: {
        'Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*':
          'Servers come and go; the condition lets the role terminate those with the tag of this system only.',
      },
    });
  }
}

/** https://docs.aws.amazon.com/fis/latest/userguide/security_iam_id-based-policy-examples.html */
function statementsFor(groupName: string, tag: string, systemName: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'FindTargets',
      actions: ['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances', 'tag:GetResources'],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'TerminateServers',
      actions: ['ec2:TerminateInstances'],
      resources: [`arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/*`],
      conditions: { StringEquals: { [`aws:ResourceTag/${tag}`]: systemName } },
    }),
    new iam.PolicyStatement({
      sid: 'NoCapacityForTheGroup',
      actions: ['ec2:InjectApiError'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'ec2:FisActionId': NO_CAPACITY },
        // The asterisk stands for the group's UUID, which nobody knows before.
        'ForAllValues:ArnLike': {
          'ec2:FisTargetArns': `arn:${Aws.PARTITION}:autoscaling:${Aws.REGION}:${Aws.ACCOUNT_ID}:autoScalingGroup:*:autoScalingGroupName/${groupName}`,
        },
      },
    }),
  ];
}
