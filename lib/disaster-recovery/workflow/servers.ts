import { Aws, Duration } from 'aws-cdk-lib';
import { ERRORS, readParameter, writeParameter } from './calls';
import { allOf, anyOf, is, not, numberIs, present } from './conditions';
import { allow, allowUnnamed, type Right } from './rights';
import type { Steps } from './steps';
import type { WorkflowFleet, WorkflowProps } from './workflow-props';

/** A workflow whose region has servers. */
export type WithFleet = WorkflowProps & { readonly fleet: WorkflowFleet };

const GROUPS = '$.fleet.groups';
const GROUP = `${GROUPS}[0]`;
const HOST = '$.host.parameter';
const REFRESH = '$.refreshes.newest[0]';

/** Adds the steps that find the group of servers, from `FindFleet` on. */
export function findFleet(steps: Steps, { fleet }: WithFleet, next: string, leaves: string): void {
  steps.task('FindFleet', {
    resource: 'aws-sdk:autoscaling:describeAutoScalingGroups',
    parameters: { AutoScalingGroupNames: [fleet.autoScalingGroupName] },
    rights: [allowUnnamed('autoscaling:DescribeAutoScalingGroups')],
    select: { 'groups.$': '$.AutoScalingGroups' },
    keepAs: 'fleet',
    next: 'IsFleetThere',
    leaves,
  });
  steps.choice('IsFleetThere', [{ when: present(GROUP), next: 'KeepFleet' }], 'NoFleet');
  steps.refuse(
    'NoFleet',
    `This region has no group of servers named ${fleet.autoScalingGroupName}. ${leaves}`,
  );
  steps.put('KeepFleet', 'fleet', next, { 'min.$': `${GROUP}.MinSize`, 'max.$': `${GROUP}.MaxSize` });
}

/**
 * Adds the steps that tell the servers where the database is, from `FindHost` on.
 *
 * Servers read the parameter when they boot, so that all of them are replaced when it has changed. Whether that was still
 * to come when an earlier execution ended, tells the time of the newest refresh. A parameter that never changed was there
 * before the servers were.
 */
export function pointServers(steps: Steps, props: WithFleet, next: string, leaves: string): void {
  const { fleet, names } = props;
  steps.task('FindHost', {
    ...readParameter(props, names.databaseHostParameter, 'host'),
    next: 'FindRefreshes',
    leaves,
  });
  steps.task('FindRefreshes', {
    resource: 'aws-sdk:autoscaling:describeInstanceRefreshes',
    parameters: { AutoScalingGroupName: fleet.autoScalingGroupName, MaxRecords: 1 },
    rights: [allowUnnamed('autoscaling:DescribeInstanceRefreshes')],
    select: { 'newest.$': '$.InstanceRefreshes' },
    keepAs: 'refreshes',
    next: 'DoServersKnow',
    leaves,
  });
  const endpoint = '$.database.instance.Endpoint.Address';
  const since = {
    Variable: `${REFRESH}.StartTime`,
    TimestampGreaterThanEqualsPath: `${HOST}.LastModifiedDate`,
  };
  steps.choice(
    'DoServersKnow',
    [
      { when: not({ Variable: `${HOST}.Value`, StringEqualsPath: endpoint }), next: 'PointServers' },
      { when: numberIs(`${HOST}.Version`, 'NumericEquals', 1), next },
      { when: is(`${REFRESH}.Status`, 'Pending'), next },
      {
        when: allOf(
          is(`${REFRESH}.Status`, 'InProgress', 'Baking', 'Successful'),
          present(`${REFRESH}.StartTime`),
          since,
        ),
        next,
      },
    ],
    'ReplaceServers',
  );
  steps.task('PointServers', {
    ...writeParameter(props, names.databaseHostParameter, { 'Value.$': endpoint }),
    next: 'ReplaceServers',
    leaves,
  });
  steps.task('ReplaceServers', {
    resource: 'aws-sdk:autoscaling:startInstanceRefresh',
    parameters: {
      AutoScalingGroupName: fleet.autoScalingGroupName,
      // New servers first: a region that waits may have a single one.
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 },
    },
    rights: rightsToChange(props, 'autoscaling:StartInstanceRefresh'),
    // One that runs already may have replaced servers before the parameter changed.
    patience: { errors: [ERRORS.refreshing], wait: Duration.seconds(30), times: 60 },
    next,
    leaves,
  });
}

/** Adds the steps that let the group have as many servers as it needs to serve, from `IsFleetSmall` on. */
export function scaleUp(steps: Steps, props: WithFleet, next: string, leaves: string): void {
  const { minCapacity, maxCapacity } = props.fleet;
  const afterwards = rememberCapacity(steps, props, minCapacity, next, leaves);
  const tooFew = anyOf(
    { Variable: '$.fleet.min', NumericLessThan: minCapacity },
    { Variable: '$.fleet.max', NumericLessThan: maxCapacity },
  );
  steps.choice('IsFleetSmall', [{ when: tooFew, next: 'ScaleUp' }], afterwards);
  setSize(steps, 'ScaleUp', props, { MinSize: minCapacity, MaxSize: maxCapacity }, afterwards, leaves);
}

/** Adds the steps that let the group have as few servers as wait, from the returned one on. */
export function scaleDown(steps: Steps, props: WithFleet, next: string, leaves: string): string {
  const { standbyCapacity } = props.fleet;
  if (standbyCapacity === undefined) return next;
  const afterwards = rememberCapacity(steps, props, standbyCapacity, next, leaves);
  const size = { MinSize: standbyCapacity, DesiredCapacity: standbyCapacity };
  setSize(steps, 'ScaleDown', props, size, afterwards, leaves);
  return 'ScaleDown';
}

function setSize(
  steps: Steps,
  name: string,
  props: WithFleet,
  size: Readonly<Record<string, number>>,
  next: string,
  leaves: string,
): void {
  steps.task(name, {
    resource: 'aws-sdk:autoscaling:updateAutoScalingGroup',
    parameters: { AutoScalingGroupName: props.fleet.autoScalingGroupName, ...size },
    rights: rightsToChange(props, 'autoscaling:UpdateAutoScalingGroup'),
    next,
    leaves,
  });
}

/** Writes the least number of servers down, so that the next deployment does not change it back. */
function rememberCapacity(
  steps: Steps,
  props: WithFleet,
  capacity: number,
  next: string,
  leaves: string,
): string {
  if (props.fleet.standbyCapacity === undefined) return next;
  steps.task('KeepCapacity', {
    ...writeParameter(props, props.names.standbyCapacityParameter, { Value: String(capacity) }),
    next,
    leaves,
  });
  return 'KeepCapacity';
}

/**
 * What a change of the group takes. Auto Scaling then tries the launch template with the rights of who asks:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
 */
function rightsToChange({ fleet, region }: WithFleet, action: string): Right[] {
  const rights: Right[] = [
    {
      ...allow(action, fleet.autoScalingGroupArn),
      why: "The wildcard stands for the group's UUID, which is not known before; the name is this group's alone.",
    },
  ];
  if (fleet.launchTemplateArn) {
    const images = `arn:${Aws.PARTITION}:ssm:${region}::parameter/aws/service/ami-amazon-linux-latest/*`;
    rights.push(
      {
        actions: ['ec2:RunInstances'],
        resources: ['*'],
        conditions: { ArnEquals: { 'ec2:LaunchTemplate': fleet.launchTemplateArn } },
      },
      {
        actions: ['ec2:CreateTags'],
        resources: ['*'],
        conditions: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
      },
      { ...allow('ssm:GetParameters', images), why: 'Public parameters of AWS that name its own images.' },
    );
  }
  if (fleet.serverRoleArn) {
    rights.push({
      ...allow('iam:PassRole', fleet.serverRoleArn),
      conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    });
  }
  return rights;
}
