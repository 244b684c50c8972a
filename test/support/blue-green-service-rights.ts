import { expect } from 'vitest';
import { resourcesOf, type StackTemplate } from './apps';
import { partsOf, roleOf, type Variant, variablesOf } from './blue-green-service';
import { releasedIn } from './blue-green-service-state';
import { permissionsOf, statementsOf, textOf } from './fleet';
import { named, needsOf, plain, plainText } from './resources';

/** What a role may do, with plain ids. */
export const rightsOf = (template: StackTemplate, words: string) =>
  permissionsOf(template, named(template, 'AWS::IAM::Role', words).id).map(([actions, resource]) => [
    actions,
    resource.replace(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1$2>'),
  ]);

/** The ARNs of ECS in the stack's account and region. */
export const ECS = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>';

/** What IAM binds to no resource, or Lambda, X-Ray and Step Functions can't be told the names of. */
const UNBOUND = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeLifecycleHooks',
  'autoscaling:DescribeScalingActivities',
  'cloudwatch:DescribeAlarms',
  'codedeploy:PutLifecycleEventHookExecutionStatus',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'ecr:GetAuthorizationToken',
  'ecs:DeregisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'tag:GetResources',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** What roles may do everywhere is what can't be bound, and no policy of AWS's says more. */
export function expectBoundRights(template: StackTemplate): void {
  for (const id of Object.keys(resourcesOf(template, 'AWS::IAM::Role'))) {
    if (/^Custom/.test(id)) continue;
    for (const [actions, resource] of permissionsOf(template, id)) {
      expect([id, actions]).toEqual([id, expect.not.stringContaining('*')]);
      if (resource !== '*') continue;
      expect([id, actions.split(' ').filter((action) => !UNBOUND.includes(action))]).toEqual([id, []]);
    }
  }
  const managed = Object.values(resourcesOf(template, 'AWS::IAM::Role')).flatMap(({ Properties }) =>
    ((Properties.ManagedPolicyArns ?? []) as unknown[]).map((arn) => textOf(arn).replace(/.*\//, '')),
  );
  const known = [
    'AmazonECSInfrastructureRolePolicyForLoadBalancers',
    'AWSCodeDeployRoleForECS',
    'AmazonSSMManagedInstanceCore',
    'AWSLambdaBasicExecutionRole',
  ];
  expect(managed.filter((name) => !known.includes(name) && !name.includes('AWSLambdaBasic'))).toEqual([]);
}

/** What ends with a wildcard names the service, the family, the bucket or the workflow before it. */
export function expectBoundWildcards(template: StackTemplate): void {
  const wild = Object.keys(resourcesOf(template, 'AWS::IAM::Role'))
    .filter((id) => !/^Custom/.test(id))
    .flatMap((id) => permissionsOf(template, id))
    .map(([, resource]) => resource)
    .filter((resource) => resource !== '*' && resource.includes('*'));
  const bound = [
    /^<\w+\.Arn>\/\*$/,
    /:(?:service|service-deployment|service-revision)\/<\w+Cluster\w+>\/\*$/,
    /:task-definition\/<AWS::StackName>-\w+:\*$/,
    /:execution:<\w+StateMachine\w+\.Name>:\*$/,
    /:autoScalingGroup:\*:autoScalingGroupName\/<?\S+>?$/,
    /^arn:<AWS::Partition>:s3:::\S+\/(?:assets|\S+)/,
  ];
  expect(wild.filter((resource) => !bound.some((pattern) => pattern.test(resource)))).toEqual([]);
}

/** A release may do what it needs, with what is its own. */
export function expectReleaseRights({ deployment, template }: Variant): void {
  const { starter, watcher } = partsOf(template, 'BetaService');
  expect(variablesOf(starter)).toMatchObject({
    DEPLOYMENT: deployment,
    CONTAINER_NAME: 'app',
    COMMAND: '[]',
  });
  expect(plainText(variablesOf(starter).REPOSITORY_URI)).toMatch(/\/<BetaServiceImages>$/);
  for (const each of [starter, watcher]) {
    expect(plainText(variablesOf(each).CLUSTER)).toBe('<BetaCluster.Arn>');
    expect(plainText(variablesOf(each).SERVICE)).toBe('<BetaServiceFargateService>');
  }
  const rights = rightsOf(template, 'BetaServiceReleaseStartFunctionRole');
  const passed = statementsOf(template, roleOf(starter)).filter(({ Action }) => Action === 'iam:PassRole');
  const roles = (service: string) =>
    passed
      .filter(({ Condition }) => JSON.stringify(Condition).includes(`"${service}"`))
      .flatMap(({ Resource }) => [Resource].flat().map(plainText));
  expect(passed.every(({ Condition }) => Condition !== undefined)).toBe(true);
  expect(roles('ecs-tasks.amazonaws.com')).toEqual([
    '<BetaServiceTaskExecutionRole.Arn>',
    '<BetaServiceTaskTaskRole.Arn>',
  ]);
  expect(rights).toEqual(
    expect.arrayContaining([
      ['ecr:DescribeImages', '<BetaServiceImages.Arn>'],
      ...['ecs:RegisterTaskDefinition', 'ecs:TagResource'].map((action) => [
        action,
        `${ECS}:task-definition/<AWS::StackName>-BlueGreenServiceBetaService4A08CD2C:*`,
      ]),
    ]),
  );
  const actions = rights.map(([each]) => each).join(' ');
  if (deployment === 'ecs') {
    expect(roles('ecs.amazonaws.com')).toEqual([
      '<BetaServiceFargateHookRole.Arn>',
      '<BetaServiceFargateLoadBalancerRole.Arn>',
    ]);
    expect(rights).toContainEqual([
      'ecs:DescribeServiceDeployments ecs:DescribeServiceRevisions ecs:DescribeServices ecs:ListServiceDeployments ecs:UpdateService',
      '<BetaServiceFargateService>',
    ]);
    expect(actions).not.toContain('codedeploy:');
  } else {
    expect(actions).not.toContain('ecs:UpdateService');
    expect(actions).toContain('codedeploy:CreateDeployment');
  }
  expect(rightsOf(template, 'BetaServiceReleaseLookFunctionRole').map(([each]) => each)).toEqual([
    'logs:CreateLogStream logs:PutLogEvents',
    'xray:PutTelemetryRecords xray:PutTraceSegments',
    ...(deployment === 'ecs'
      ? [
          'ecs:DescribeServiceDeployments ecs:DescribeServiceRevisions ecs:DescribeServices ecs:ListServiceDeployments',
          'ecs:DescribeServiceDeployments',
          'ecs:DescribeServiceRevisions',
        ]
      : ['codedeploy:GetDeployment']),
  ]);
}

/** What depends on what was released waits for the answers, and the function that gives them may look. */
export function expectStateIsAsked({ template }: Variant): void {
  const { service, state } = partsOf(template, 'BetaService');
  for (const { id } of releasedIn(template, 'BetaService')) {
    expect([id, needsOf(template, id).has(state.id)]).toEqual([id, true]);
  }
  expect(state.Properties).toMatchObject({
    Service: service.id,
    ProductionRule: partsOf(template, 'BetaService').productionRule.id,
    TestRule: partsOf(template, 'BetaService').testRule.id,
    ContainerName: 'app',
    BlueTargetGroup: { Ref: partsOf(template, 'BetaService').blue.id },
    GreenTargetGroup: { Ref: partsOf(template, 'BetaService').green.id },
  });
  expect(plainText(state.Properties.Cluster)).toBe('<BetaCluster.Arn>');
  expect(plainText(state.Properties.ServiceToken)).toBe('<BetaServiceReleaseStateFunction.Arn>');
  const cluster = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:service/<BetaCluster>/*';
  expect(rightsOf(template, 'BetaServiceReleaseStateFunctionRole')).toEqual(
    expect.arrayContaining([
      ['cloudformation:DescribeStackResource cloudformation:DescribeStacks', '<AWS::StackId>'],
      ['ecs:DescribeServices ecs:ListServiceDeployments', cluster],
    ]),
  );
  // The rights are there before it is asked, and until it was asked for the last time.
  const rights = Object.entries(resourcesOf(template, 'AWS::IAM::Policy')).find(([id]) =>
    plain(id).endsWith('BetaServiceReleaseStateFunctionRoleDefaultPolicy'),
  );
  expect(state.DependsOn).toContain(rights?.[0]);
}
