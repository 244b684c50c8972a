import { ASLEEP } from '../../lib/disaster-recovery/system-names';
import { DATABASE_OPERATIONS, type Operation, text } from './fake-rds';
import { type FakeRefresh, type FakeRegion, ServiceError } from './fake-region';
import { arn, NAMES } from './workflow-stacks';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The operations of AWS that the workflows call, with the answers that Step Functions gives of them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...DATABASE_OPERATIONS,

  'ssm:getParameter': (_aws, region, request) => {
    const name = text(request, 'Name');
    const parameter = region.parameters.get(name);
    if (!parameter) throw new ServiceError('Ssm.ParameterNotFoundException', 'Service returned error code');
    return { Parameter: { Name: name, Type: 'String', ...parameter } };
  },

  'ssm:putParameter': (aws, region, request) => {
    const name = text(request, 'Name');
    const parameter = region.parameters.get(name);
    if (!parameter || request.Overwrite !== true) {
      throw new ServiceError('Ssm.ParameterAlreadyExistsException', 'No new parameter is expected');
    }
    parameter.Value = text(request, 'Value');
    parameter.Version += 1;
    parameter.LastModifiedDate = aws.time;
    return { Version: parameter.Version, Tier: 'Standard' };
  },

  'cloudwatch:getMetricData': (_aws, region, request) => {
    const start = Date.parse(text(request, 'StartTime'));
    const end = Date.parse(text(request, 'EndTime'));
    if (!(start < end))
      throw new ServiceError('CloudWatch.CloudWatchException', 'StartTime is after EndTime');
    const from = Math.floor(start / MINUTE) * MINUTE;
    const found = region.metrics.filter(({ time }) => time >= from && time < end);
    return {
      MetricDataResults: [
        {
          Id: 'lag',
          Label: 'ReplicaLag',
          Timestamps: found.map(({ time }) => new Date(time).toISOString()),
          Values: found.map(({ lag }) => lag),
          StatusCode: 'Complete',
        },
      ],
      Messages: [],
    };
  },

  'autoscaling:describeAutoScalingGroups': (_aws, region, request) => ({
    AutoScalingGroups:
      (request.AutoScalingGroupNames as string[])[0] === region.groupName
        ? [{ AutoScalingGroupName: region.groupName, ...region.group, Instances: [] }]
        : [],
  }),

  'autoscaling:updateAutoScalingGroup': (_aws, { group }, request) => {
    const { DesiredCapacity, MaxSize = group.MaxSize, MinSize = group.MinSize } = request;
    group.MinSize = Number(MinSize);
    group.MaxSize = Number(MaxSize);
    group.DesiredCapacity = Math.max(Number(DesiredCapacity ?? group.DesiredCapacity), group.MinSize);
    return {};
  },

  'autoscaling:describeInstanceRefreshes': (_aws, { refreshes }) => ({
    InstanceRefreshes: refreshes.slice(0, 1),
  }),

  'autoscaling:startInstanceRefresh': (aws, region) => {
    if (region.refreshes.some(({ Status }) => ['Pending', 'InProgress'].includes(Status))) {
      throw new ServiceError('AutoScaling.InstanceRefreshInProgressException', 'Another one is in progress');
    }
    const refresh: FakeRefresh = {
      InstanceRefreshId: `refresh-${region.refreshes.length}`,
      Status: 'Pending',
    };
    region.refreshes.unshift(refresh);
    aws.later(10 * SECOND, () => {
      refresh.Status = 'InProgress';
      refresh.StartTime = aws.time;
    });
    aws.later(2 * MINUTE, () => {
      region.serversHost = region.value(NAMES.databaseHostParameter) ?? '';
      refresh.Status = 'Successful';
    });
    return { InstanceRefreshId: refresh.InstanceRefreshId };
  },

  'cloudformation:updateStack': (aws, region, request) => {
    const { stack } = region;
    const stackId = text(request, 'StackName');
    const wanted = region.value(NAMES.databaseCopyParameter) ?? '';
    if (request.UsePreviousTemplate !== true)
      throw invalid('Either Template URL or Template Body must be given.');
    for (const capability of ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']) {
      if ((request.Capabilities as string[] | undefined)?.includes(capability)) continue;
      throw new ServiceError('CloudFormation.InsufficientCapabilitiesException', `Requires ${capability}`);
    }
    if (stack.status.endsWith('_IN_PROGRESS')) {
      throw invalid(`Stack:${stackId} is in ${stack.status} state and can not be updated.`);
    }
    const leadsHere = wanted !== ASLEEP && aws.active === region.name;
    if (wanted === stack.builtOf && leadsHere === stack.leadsHere) {
      throw invalid('No updates are to be performed.');
    }
    stack.status = 'UPDATE_IN_PROGRESS';
    aws.later(40 * MINUTE, () => {
      stack.status = stack.breaks ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
      if (stack.breaks) return;
      stack.builtOf = wanted;
      stack.leadsHere = leadsHere;
      changeDatabase(region, wanted);
    });
    return { StackId: stackId };
  },

  'cloudformation:describeStacks': (_aws, { stack }, request) => ({
    Stacks: [{ StackId: text(request, 'StackName'), StackName: 'Standby', StackStatus: stack.status }],
  }),

  'sns:publish': (_aws, { messages }, request) => {
    messages.push({ subject: text(request, 'Subject'), text: text(request, 'Message') });
    return { MessageId: `message-${messages.length}` };
  },

  'function:switch': (aws, _region, request) => {
    if (!aws.standby.alive)
      throw new ServiceError('TimeoutError', 'The region of the switch does not answer');
    if (request.activeRegion !== undefined) aws.turn(text(request, 'activeRegion'));
    return { activeRegion: aws.active };
  },

  'function:verify': (_aws, region, request) => {
    const isAwake = region.stack.builtOf !== 'none' || region.database?.status === 'available';
    const knows = region.serversHost === region.endpoint(NAMES.database);
    const asked = text(request, 'address') === region.value(NAMES.loadBalancerParameter);
    if (!isAwake || !knows || !asked) throw new ServiceError('NotServing', 'status 503');
    return { status: 200, milliseconds: 12 };
  },

  'function:start-step-back': (aws, region, request) => {
    const other = NAMES.otherThan(region.name);
    if (!aws.region(other).alive) throw new ServiceError('TimeoutError', `${other} does not answer`);
    const execution = text(request, 'execution');
    aws.asked.set(execution, other);
    return { executionArn: arn('states', other, `execution:${NAMES.stepBack}:${execution}`) };
  },

  'function:newest-copy': (aws) => {
    const [newest] = aws.copies;
    if (!newest) throw new ServiceError('NoCopy', 'The vault has no copy of a database');
    return { ...newest, ageSeconds: (Date.parse(aws.time) - Date.parse(newest.createdAt)) / SECOND };
  },
};

function invalid(message: string): ServiceError {
  return new ServiceError(
    'CloudFormation.CloudFormationException',
    `${message} (Service: CloudFormation, Status Code: 400)`,
  );
}

/** CloudFormation makes the database of a copy, and deletes it unless it is protected. */
function changeDatabase({ databases, stack }: FakeRegion, copy: string): void {
  const known = databases.get(NAMES.database);
  if (copy === ASLEEP) {
    if (!known?.protected) databases.delete(NAMES.database);
  } else if (!known) {
    const made = {
      status: 'available',
      rows: [],
      protected: stack.protects,
      backupRetention: 1,
      settings: {},
    };
    databases.set(NAMES.database, made);
  }
}
