import { ListStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation';
import {
  ListDistributionsCommand,
  ListOriginAccessControlsCommand,
  ListVpcOriginsCommand,
} from '@aws-sdk/client-cloudfront';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListInstanceProfilesCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListLayersCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
} from '@aws-sdk/client-rds';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Aws } from './aws';
import { balancingLists } from './balancing-inventory';
import { clusterLists } from './cluster-inventory';
import { containerLists } from './container-inventory';
import { recoveryLists } from './recovery-inventory';
import { servingLists } from './serving-inventory';

const GONE: StackStatus[] = ['DELETE_COMPLETE'];

/** Everything in an account and region that costs money or holds data, and what people find and wonder about. */
export async function takeInventory(aws: Aws): Promise<Set<string>> {
  const {
    cloudFormation,
    cloudFront,
    cloudWatch,
    ec2,
    eventBridge,
    iam,
    lambda,
    logs,
    rds,
    s3,
    secrets,
    sns,
    sqs,
  } = aws;
  const lists: Record<string, Promise<(string | undefined)[] | undefined>> = {
    stack: cloudFormation
      .send(new ListStacksCommand({}))
      .then(({ StackSummaries = [] }) =>
        StackSummaries.filter(({ StackStatus }) => StackStatus && !GONE.includes(StackStatus)).map(
          ({ StackName }) => StackName,
        ),
      ),
    network: ec2.send(new DescribeVpcsCommand({})).then(({ Vpcs }) => Vpcs?.map(({ VpcId }) => VpcId)),
    subnet: ec2
      .send(new DescribeSubnetsCommand({}))
      .then(({ Subnets }) => Subnets?.map(({ SubnetId }) => SubnetId)),
    'security group': ec2
      .send(new DescribeSecurityGroupsCommand({}))
      .then(({ SecurityGroups }) => SecurityGroups?.map(({ GroupId }) => GroupId)),
    endpoint: ec2
      .send(new DescribeVpcEndpointsCommand({}))
      .then(({ VpcEndpoints }) => VpcEndpoints?.map(({ VpcEndpointId }) => VpcEndpointId)),
    'network interface': ec2
      .send(new DescribeNetworkInterfacesCommand({}))
      .then(({ NetworkInterfaces }) =>
        NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
      ),
    'NAT gateway': ec2
      .send(new DescribeNatGatewaysCommand({}))
      .then(({ NatGateways }) =>
        NatGateways?.filter(({ State }) => State !== 'deleted').map(({ NatGatewayId }) => NatGatewayId),
      ),
    address: ec2
      .send(new DescribeAddressesCommand({}))
      .then(({ Addresses }) => Addresses?.map(({ AllocationId }) => AllocationId)),
    instance: ec2.send(new DescribeInstancesCommand({})).then(({ Reservations = [] }) =>
      Reservations.flatMap(({ Instances = [] }) => Instances)
        .filter(({ State }) => State?.Name !== 'terminated')
        .map(({ InstanceId }) => InstanceId),
    ),
    'launch template': ec2
      .send(new DescribeLaunchTemplatesCommand({}))
      .then(({ LaunchTemplates }) => LaunchTemplates?.map(({ LaunchTemplateId }) => LaunchTemplateId)),
    volume: ec2
      .send(new DescribeVolumesCommand({}))
      .then(({ Volumes }) => Volumes?.map(({ VolumeId }) => VolumeId)),
    snapshot: ec2
      .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
      .then(({ Snapshots }) => Snapshots?.map(({ SnapshotId }) => SnapshotId)),
    database: rds
      .send(new DescribeDBInstancesCommand({}))
      .then(({ DBInstances }) => DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)),
    'database snapshot': rds
      .send(new DescribeDBSnapshotsCommand({}))
      .then(({ DBSnapshots }) => DBSnapshots?.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)),
    'database subnet group': rds
      .send(new DescribeDBSubnetGroupsCommand({}))
      .then(({ DBSubnetGroups }) => DBSubnetGroups?.map(({ DBSubnetGroupName }) => DBSubnetGroupName)),
    'database parameter group': rds
      .send(new DescribeDBParameterGroupsCommand({}))
      .then(({ DBParameterGroups }) =>
        DBParameterGroups?.map(({ DBParameterGroupName }) => DBParameterGroupName),
      ),
    secret: secrets
      .send(new ListSecretsCommand({}))
      .then(({ SecretList }) => SecretList?.map(({ ARN }) => ARN)),
    'log group': logs
      .send(new DescribeLogGroupsCommand({}))
      .then(({ logGroups }) => logGroups?.map(({ logGroupName }) => logGroupName)),
    alarm: cloudWatch
      .send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] }))
      .then(({ CompositeAlarms = [], MetricAlarms = [] }) =>
        [...CompositeAlarms, ...MetricAlarms].map(({ AlarmName }) => AlarmName),
      ),
    dashboard: cloudWatch
      .send(new ListDashboardsCommand({}))
      .then(({ DashboardEntries }) => DashboardEntries?.map(({ DashboardName }) => DashboardName)),
    topic: sns.send(new ListTopicsCommand({})).then(({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn)),
    queue: sqs.send(new ListQueuesCommand({})).then(({ QueueUrls }) => QueueUrls),
    function: lambda
      .send(new ListFunctionsCommand({}))
      .then(({ Functions }) => Functions?.map(({ FunctionName }) => FunctionName)),
    layer: lambda
      .send(new ListLayersCommand({}))
      .then(({ Layers }) => Layers?.map(({ LayerArn }) => LayerArn)),
    'event source mapping': lambda
      .send(new ListEventSourceMappingsCommand({}))
      .then(({ EventSourceMappings }) => EventSourceMappings?.map(({ UUID }) => UUID)),
    'event rule': eventBridge
      .send(new ListRulesCommand({}))
      .then(({ Rules }) => Rules?.map(({ Arn }) => Arn)),
    role: iam.send(new ListRolesCommand({})).then(({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    'instance profile': iam
      .send(new ListInstanceProfilesCommand({}))
      .then(({ InstanceProfiles }) =>
        InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName),
      ),
    policy: iam
      .send(new ListPoliciesCommand({ Scope: 'Local' }))
      .then(({ Policies }) => Policies?.map(({ Arn }) => Arn)),
    bucket: s3.send(new ListBucketsCommand({})).then(({ Buckets }) => Buckets?.map(({ Name }) => Name)),
    distribution: cloudFront
      .send(new ListDistributionsCommand({}))
      .then(({ DistributionList }) => DistributionList?.Items?.map(({ Id }) => Id)),
    'origin access control': cloudFront
      .send(new ListOriginAccessControlsCommand({}))
      .then(({ OriginAccessControlList }) => OriginAccessControlList?.Items?.map(({ Id }) => Id)),
    ...balancingLists(aws),
    ...clusterLists(aws),
    ...containerLists(aws),
    ...recoveryLists(aws),
    ...servingLists(aws),
    'VPC origin': cloudFront
      .send(new ListVpcOriginsCommand({}))
      .then(({ VpcOriginList }) => VpcOriginList?.Items?.map(({ Id }) => Id)),
  };
  const found = await Promise.all(
    Object.entries(lists).map(async ([kind, list]) => ((await list) ?? []).map((id) => `${kind} ${id}`)),
  );
  return new Set(found.flat());
}
