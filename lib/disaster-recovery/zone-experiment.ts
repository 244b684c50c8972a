import { Aws, type Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Experiment, type ExperimentSettings } from './experiment';

/** Properties of ZoneExperiment. */
export interface ZoneExperimentProps extends ExperimentSettings {
  readonly systemName: string;
  readonly vpc: ec2.IVpc;

  /** The zone whose subnets of the network are cut off. */
  readonly zone: string;
  readonly duration: Duration;
}

/**
 * Cuts all subnets of one zone off, with everything in them. Users should notice little: the other zone serves. A database
 * without a standby that is in that zone is away with it, and then so is the primary.
 */
export class ZoneExperiment extends Experiment {
  constructor(scope: Construct, id: string, props: ZoneExperimentProps) {
    const { duration, systemName, vpc, zone } = props;
    super(scope, id, {
      ...props,
      name: `${systemName} zone`,
      description: `Cuts a zone of ${systemName} off for ${duration.toHumanString()}`,
      targets: {
        Subnets: {
          resourceType: 'aws:ec2:subnet',
          parameters: { availabilityZoneIdentifier: zone, vpc: vpc.vpcId },
          selectionMode: 'ALL',
        },
      },
      actions: {
        CutOff: {
          actionId: 'aws:network:disrupt-connectivity',
          parameters: { duration: duration.toIsoString(), scope: 'all' },
          targets: { Subnets: 'Subnets' },
        },
      },
      statements: statementsFor(vpc.vpcArn),
      wildcards: {
        'Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-acl/*':
          'AWS FIS makes the lists during the experiment; conditions narrow it to its own, and to this network.',
        'Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:subnet/*':
          'The condition narrows it to the subnets of this network.',
      },
    });
  }
}

/**
 * As in AWS's own policy, narrowed to one network and to what this action does in the scope `all`: it exchanges the lists of
 * the subnets for lists of its own, which it marks, fills and deletes again.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSFaultInjectionSimulatorNetworkAccess.html
 */
function statementsFor(vpcArn: string): iam.PolicyStatement[] {
  const inThisVpc = { ArnEquals: { 'ec2:Vpc': vpcArn } };
  const acls = arnOf('network-acl/*');
  return [
    new iam.PolicyStatement({
      sid: 'FindTargets',
      actions: [
        'ec2:DescribeManagedPrefixLists',
        'ec2:DescribeNetworkAcls',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'CreateListInThisVpc',
      actions: ['ec2:CreateNetworkAcl'],
      resources: [vpcArn],
    }),
    new iam.PolicyStatement({
      sid: 'CreateMarkedList',
      actions: ['ec2:CreateNetworkAcl'],
      resources: [acls],
      conditions: { StringEquals: { 'aws:RequestTag/managedByFIS': 'true' } },
    }),
    new iam.PolicyStatement({
      sid: 'MarkNewList',
      actions: ['ec2:CreateTags'],
      resources: [acls],
      conditions: {
        StringEquals: { 'ec2:CreateAction': 'CreateNetworkAcl', 'aws:RequestTag/managedByFIS': 'true' },
      },
    }),
    new iam.PolicyStatement({
      sid: 'FillAndDeleteMarkedList',
      actions: ['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAcl'],
      resources: [acls],
      conditions: { StringEquals: { 'ec2:ResourceTag/managedByFIS': 'true' }, ...inThisVpc },
    }),
    new iam.PolicyStatement({
      sid: 'ExchangeListsOfSubnets',
      actions: ['ec2:ReplaceNetworkAclAssociation'],
      resources: [arnOf('subnet/*'), acls],
      conditions: inThisVpc,
    }),
  ];
}

function arnOf(resource: string): string {
  return `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
