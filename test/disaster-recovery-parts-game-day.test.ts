import { Duration, type Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { GameDay, type GameDayProps } from '../lib/disaster-recovery/game-day';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import { type Resource, resourcesOf, type StackTemplate, theOnly } from './support/apps';
import { expectClean, NAMES, named, PROFILES, readable, templateIn } from './support/disaster-recovery-parts';

function gameDayIn(stack: Stack, profile: Profile, props: Partial<GameDayProps> = {}): void {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
  const autoScalingGroup = new autoscaling.AutoScalingGroup(stack, 'Group', {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    autoScalingGroupName: 'desk-servers',
    launchTemplate: new ec2.LaunchTemplate(stack, 'Template', {
      machineImage: ec2.MachineImage.genericLinux({ 'ap-northeast-1': 'ami-0123456789abcdef0' }),
      instanceType: new ec2.InstanceType('t4g.micro'),
    }),
  });
  const stopAlarm = cloudwatch.Alarm.fromAlarmName(stack, 'Stop', 'desk-stop');
  const duration = Duration.minutes(30);
  new GameDay(stack, 'GameDay', {
    names: NAMES,
    vpc,
    autoScalingGroup,
    stopAlarm,
    duration,
    profile,
    ...props,
  });
}

const build = (profile: Profile = SANDBOX, props: Partial<GameDayProps> = {}) =>
  templateIn(NAMES.primaryRegion, (stack) => gameDayIn(stack, profile, props));

const template = build();
const ZONES = [0, 1].map((index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] }));

const experiment = (name: string, of: StackTemplate = template) =>
  named(resourcesOf(of, 'AWS::FIS::ExperimentTemplate'), `GameDay${name}Template`);
const roleOf = (name: string) => named(resourcesOf(template, 'AWS::IAM::Role'), `GameDay${name}Role`);
const vpc = { Ref: theOnly(template, 'AWS::EC2::VPC').id };
const EC2 = 'arn:aws:ec2:<AWS::Region>:<AWS::AccountId>';
const VPC_ARN = `arn:aws:ec2:ap-northeast-1:<AWS::AccountId>:vpc/<${vpc.Ref}>`;

function statementsOf(name: string): Record<string, Record<string, unknown>> {
  const { PolicyDocument } = named(resourcesOf(template, 'AWS::IAM::Policy'), `GameDay${name}Role`)
    .Properties as { PolicyDocument: { Statement: Record<string, unknown>[] } };
  return Object.fromEntries(
    PolicyDocument.Statement.map(({ Sid, ...statement }) => [
      Sid,
      readable(statement) as Record<string, unknown>,
    ]),
  );
}

const LOGGING = {
  Effect: 'Allow',
  Action: [
    'logs:CreateLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:PutResourcePolicy',
  ],
  Resource: '*',
};

test('the servers go when no others can come, and stay away for the duration', () => {
  expect(experiment('Servers').Properties).toMatchObject({
    Description: 'Takes all servers of desk away for 30 minutes',
    Tags: { Name: 'desk servers' },
    Targets: {
      Fleet: {
        ResourceType: 'aws:ec2:autoscaling-group',
        ResourceTags: { 'disaster-recovery-game-day': 'desk' },
        SelectionMode: 'ALL',
      },
      Servers: {
        ResourceType: 'aws:ec2:instance',
        ResourceTags: { 'disaster-recovery-game-day': 'desk' },
        Filters: [{ Path: 'State.Name', Values: ['running'] }],
        SelectionMode: 'ALL',
      },
    },
    Actions: {
      NoCapacity: {
        ActionId: 'aws:ec2:asg-insufficient-instance-capacity-error',
        Parameters: {
          availabilityZoneIdentifiers: { 'Fn::Join': [',', ZONES] },
          duration: 'PT30M',
          percentage: '100',
        },
        Targets: { AutoScalingGroups: 'Fleet' },
      },
      Settle: { ActionId: 'aws:fis:wait', Parameters: { duration: 'PT1M' } },
      Terminate: {
        ActionId: 'aws:ec2:terminate-instances',
        Targets: { Instances: 'Servers' },
        StartAfter: ['Settle'],
      },
    },
  });
  const { Actions } = experiment('Servers').Properties as { Actions: Record<string, object> };
  expect(Actions.NoCapacity).not.toHaveProperty('StartAfter');
});

test('the group and its servers bear the tag by which they are found', () => {
  expect(theOnly(template, 'AWS::AutoScaling::AutoScalingGroup').Properties.Tags).toContainEqual({
    Key: 'disaster-recovery-game-day',
    Value: 'desk',
    PropagateAtLaunch: true,
  });
});

test('a zone goes with all its subnets of this network', () => {
  const expected = (zone: unknown) => ({
    Description: 'Cuts a zone of desk off for 30 minutes',
    Tags: { Name: 'desk zone' },
    Targets: {
      Subnets: {
        ResourceType: 'aws:ec2:subnet',
        Parameters: { availabilityZoneIdentifier: zone, vpc },
        SelectionMode: 'ALL',
      },
    },
    Actions: {
      CutOff: {
        ActionId: 'aws:network:disrupt-connectivity',
        Parameters: { duration: 'PT30M', scope: 'all' },
        Targets: { Subnets: 'Subnets' },
      },
    },
  });
  expect(experiment('Zone').Properties).toMatchObject(expected(ZONES[0]));
  const other = build(SANDBOX, { zone: 'ap-northeast-1c' });
  expect(experiment('Zone', other).Properties).toMatchObject(expected('ap-northeast-1c'));
});

test('both end with the alarm, fail without targets, write a log of their own, and wait for their rights', () => {
  const log = theOnly(template, 'AWS::Logs::LogGroup').id;
  for (const name of ['Servers', 'Zone']) {
    const { DependsOn, Properties } = experiment(name);
    expect(Properties).toMatchObject({
      RoleArn: { 'Fn::GetAtt': [roleOf(name).id, 'Arn'] },
      ExperimentOptions: { AccountTargeting: 'single-account', EmptyTargetResolutionMode: 'fail' },
      LogConfiguration: {
        LogSchemaVersion: 2,
        CloudWatchLogsConfiguration: { LogGroupArn: { 'Fn::GetAtt': [log, 'Arn'] } },
      },
    });
    expect(readable(Properties.StopConditions)).toEqual([
      {
        Source: 'aws:cloudwatch:alarm',
        Value: 'arn:aws:cloudwatch:ap-northeast-1:<AWS::AccountId>:alarm:desk-stop',
      },
    ]);
    const policy = named(resourcesOf(template, 'AWS::IAM::Policy'), `GameDay${name}Role`).id;
    expect(DependsOn).toContain(policy);
  }
  const retentionOf = (of: StackTemplate): Resource => theOnly(of, 'AWS::Logs::LogGroup');
  expect(retentionOf(template)).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: { RetentionInDays: 7 },
  });
  expect(retentionOf(build(PRODUCTION))).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { RetentionInDays: 365 },
  });
});

test('only experiments of this account and region take the roles', () => {
  for (const name of ['Servers', 'Zone']) {
    expect(readable(roleOf(name).Properties.AssumeRolePolicyDocument)).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'fis.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': 'arn:aws:fis:<AWS::Region>:<AWS::AccountId>:experiment/*' },
          },
        },
      ],
    });
    expect(roleOf(name).Properties).not.toHaveProperty('ManagedPolicyArns');
  }
});

test("the servers' role terminates this system's servers, and starves this group", () => {
  expect(statementsOf('Servers')).toEqual({
    FindTargets: {
      Effect: 'Allow',
      Action: ['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances', 'tag:GetResources'],
      Resource: '*',
    },
    TerminateServers: {
      Effect: 'Allow',
      Action: 'ec2:TerminateInstances',
      Resource: `${EC2}:instance/*`,
      Condition: { StringEquals: { 'aws:ResourceTag/disaster-recovery-game-day': 'desk' } },
    },
    NoCapacityForTheGroup: {
      Effect: 'Allow',
      Action: 'ec2:InjectApiError',
      Resource: '*',
      Condition: {
        StringEquals: { 'ec2:FisActionId': 'aws:ec2:asg-insufficient-instance-capacity-error' },
        'ForAllValues:ArnLike': {
          'ec2:FisTargetArns': `arn:aws:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<${theOnly(template, 'AWS::AutoScaling::AutoScalingGroup').id}>`,
        },
      },
    },
    SetUpLogging: LOGGING,
  });
});

test("the zone's role exchanges the lists of this network's subnets, for lists that are marked", () => {
  const lists = `${EC2}:network-acl/*`;
  const inThisVpc = { ArnEquals: { 'ec2:Vpc': VPC_ARN } };
  expect(statementsOf('Zone')).toEqual({
    FindTargets: {
      Effect: 'Allow',
      Action: [
        'ec2:DescribeManagedPrefixLists',
        'ec2:DescribeNetworkAcls',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      Resource: '*',
    },
    CreateListInThisVpc: { Effect: 'Allow', Action: 'ec2:CreateNetworkAcl', Resource: VPC_ARN },
    CreateMarkedList: {
      Effect: 'Allow',
      Action: 'ec2:CreateNetworkAcl',
      Resource: lists,
      Condition: { StringEquals: { 'aws:RequestTag/managedByFIS': 'true' } },
    },
    MarkNewList: {
      Effect: 'Allow',
      Action: 'ec2:CreateTags',
      Resource: lists,
      Condition: {
        StringEquals: { 'ec2:CreateAction': 'CreateNetworkAcl', 'aws:RequestTag/managedByFIS': 'true' },
      },
    },
    FillAndDeleteMarkedList: {
      Effect: 'Allow',
      Action: ['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAcl'],
      Resource: lists,
      Condition: { StringEquals: { 'ec2:ResourceTag/managedByFIS': 'true' }, ...inThisVpc },
    },
    ExchangeListsOfSubnets: {
      Effect: 'Allow',
      Action: 'ec2:ReplaceNetworkAclAssociation',
      Resource: [lists, `${EC2}:subnet/*`],
      Condition: inThisVpc,
    },
    SetUpLogging: LOGGING,
  });
});

test('refuses a duration that AWS FIS does not take, and no zone at all', () => {
  for (const duration of [Duration.seconds(119), Duration.hours(12).plus(Duration.seconds(1))]) {
    expect(() => build(SANDBOX, { duration })).toThrow('is not possible; give 120 to 43200 whole seconds.');
  }
  for (const duration of [Duration.minutes(2), Duration.hours(12)]) {
    expect(() => build(SANDBOX, { duration })).not.toThrow();
  }
  expect(() => build(SANDBOX, { zone: '' })).toThrow('zone: "" is no zone');
});

test.each(PROFILES)('breaks no rule in %s', (_, profile) => {
  expectClean(NAMES.primaryRegion, /^Stack\/GameDay/, (stack) => gameDayIn(stack, profile));
});
