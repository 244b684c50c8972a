import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack, Tags } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { BlueGreenService, type BlueGreenServiceProps } from '../lib/blue-green-service/blue-green-service';
import {
  BlueGreenServiceStack,
  type BlueGreenServiceStackProps,
} from '../lib/blue-green-service/blue-green-service-stack';
import { FIRST_COMMAND } from '../lib/blue-green-service/first-image';
import { handlerBundles } from '../lib/building-blocks/handler-bundles';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { readConfiguration } from '../services/notice-board/configuration';
import {
  createApp,
  resourcesOf,
  type StackTemplate,
  templateOf,
  templateOfConstructs,
  theOnly,
  withAssembly,
} from './support/apps';
import {
  actionOf,
  DOMAIN,
  listenersOf,
  partsOf,
  roleOf,
  stagesOf,
  synthesize,
  synthesizeService,
  synthesizeVariants,
  variablesOf,
} from './support/blue-green-service';
import { alarmsOfService, serviceAlarms } from './support/blue-green-service-alarms';
import { CHANGES } from './support/blue-green-service-changes';
import { expectOutcomes, expectPush } from './support/blue-green-service-pipeline';
import { expectPlaceholderAnswers } from './support/blue-green-service-placeholder';
import {
  ECS,
  expectBoundRights,
  expectBoundWildcards,
  expectReleaseRights,
  expectStateIsAsked,
  rightsOf,
} from './support/blue-green-service-rights';
import { changeBetween, expectOnlyAnswers, groupsOf, releasedIn } from './support/blue-green-service-state';
import { expectWorkflow } from './support/blue-green-service-workflow';
import { REGION } from './support/deployed-values';
import { bucketOf, PRIVATE_BUCKET } from './support/distribution';
import { attributesOf, permissionsOf, statementsOf, textOf, tiersOf } from './support/fleet';
import { alarmsOf, expectAlarmsThatFire, expectMail, expectTopicForAlarms } from './support/fleet-alarms';
import { evaluateMetricMath } from './support/metric-math';
import { allowedConnections, routesOf } from './support/network';
import { promisesOf } from './support/promises';
import { named, needsOf, plain, plainText, referencesIn } from './support/resources';
import { productionProblems, sandboxProblems } from './support/round-trip';

const promise = promisesOf('blue-green-service');

const { codeDeploy, codeDeploySandbox, ecs: ecsVariant, ecsSandbox } = synthesizeVariants();
const EVERY = [ecsVariant, ecsSandbox, codeDeploy, codeDeploySandbox];
const NATIVE = [ecsVariant, ecsSandbox];
const TEXTBOOK = [codeDeploy, codeDeploySandbox];
const twoStages = synthesize({ production: true });
const servers = synthesize({ servers: {} });
const serversSandbox = synthesize({ servers: {}, profile: SANDBOX });
const everything = synthesize({
  ...DOMAIN,
  production: true,
  tracing: true,
  enableExecuteCommand: true,
  testClientRanges: ['198.51.100.0/24', '203.0.113.0/24'],
  pathServices: { admin: { pathPatterns: ['/admin/*', '/admin'], priority: 7, containerPort: 3000 } },
});
const ALL = [...EVERY.map(({ template }) => template), twoStages, servers, serversSandbox, everything];

const WITH_PRODUCTION = [twoStages, everything];

const minutes = (count: number) => Duration.minutes(count);

promise('BG-1', () => {
  for (const { template } of EVERY) {
    const { service, taskDefinition } = partsOf(template, 'BetaService');
    expect(taskDefinition.Properties).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      NetworkMode: 'awsvpc',
      Cpu: '256',
      Memory: '512',
    });
    const { AssignPublicIp, Subnets } = (
      service.Properties.NetworkConfiguration as { AwsvpcConfiguration: Record<string, unknown> }
    ).AwsvpcConfiguration;
    expect([service.Properties.LaunchType, AssignPublicIp]).toEqual(['FARGATE', 'DISABLED']);
    expect(tiersOf(template, Subnets)).toEqual(['Task 0', 'Task 1']);
    const { Scheme, Subnets: front } = theOnly(
      template,
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ).Properties;
    expect([Scheme, tiersOf(template, front)]).toEqual([
      'internet-facing',
      ['LoadBalancer 0', 'LoadBalancer 1'],
    ]);
    expect(routesOf(template)).toMatchObject({
      'LoadBalancer 0': '0.0.0.0/0 to AWS::EC2::InternetGateway',
      'LoadBalancer 1': '0.0.0.0/0 to AWS::EC2::InternetGateway',
      'Task 0': '0.0.0.0/0 to AWS::EC2::NatGateway',
      'Task 1': '0.0.0.0/0 to AWS::EC2::NatGateway',
    });
    const endpoints = Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties }) => plainText(Properties.ServiceName)).sort()).toEqual([
      expect.stringMatching(/\.dynamodb$/),
      expect.stringMatching(/\.s3$/),
    ]);
  }
});

/** Who gets into the group of a service's tasks, and whither they get. */
const taskConnections = (template: StackTemplate, words = 'ServiceFargateSecurityGroup') =>
  (['Ingress', 'Egress'] as const).map((direction) =>
    allowedConnections(template, direction)
      .filter(({ group }) => group === words)
      .map(({ peer, port }) => `${peer} ${port}`),
  );

promise('BG-1', () => {
  for (const { template } of EVERY) {
    expect(taskConnections(template)).toEqual([['FrontSecurityGroup 8080'], ['0.0.0.0/0 443']]);
  }
  const other = synthesizeService(() => ({ containerPort: 3000, cpu: 1024, memoryLimitMiB: 2048 }));
  expect(taskConnections(other)).toEqual([['FrontSecurityGroup 3000'], ['0.0.0.0/0 443']]);
  const { blue, container, green, service, taskDefinition } = partsOf(other);
  expect([blue, green].map(({ Properties }) => Properties.Port)).toEqual([3000, 3000]);
  expect(container.PortMappings).toEqual([{ ContainerPort: 3000, Protocol: 'tcp' }]);
  expect(container.Environment).toContainEqual({ Name: 'PORT', Value: '3000' });
  expect(service.Properties.LoadBalancers).toMatchObject([{ ContainerName: 'app', ContainerPort: 3000 }]);
  expect(taskDefinition.Properties).toMatchObject({ Cpu: '1024', Memory: '2048' });
  const agnostic = templateOf((app) => {
    const stack = new Stack(app, 'Stack');
    new BlueGreenService(stack, 'Board');
    return stack;
  });
  expect(Object.keys(routesOf(agnostic))).toHaveLength(4);
});

promise('BG-2', () => {
  for (const { template } of [...EVERY, { template: everything }]) {
    const { container, others, taskDefinition } = partsOf(template, 'BetaService');
    expect(container.User).toBe('1000:1000');
    expect(container.Essential).toBe(true);
    for (const each of [container, ...others]) {
      expect(each).not.toHaveProperty('Privileged');
      expect(each).not.toHaveProperty('MountPoints');
    }
    const { ExecutionRoleArn, TaskRoleArn } = taskDefinition.Properties;
    expect(plainText(ExecutionRoleArn)).toBe('<BetaServiceTaskExecutionRole.Arn>');
    expect(plainText(TaskRoleArn)).toBe('<BetaServiceTaskTaskRole.Arn>');
    for (const words of ['BetaServiceTaskExecutionRole', 'BetaServiceTaskTaskRole']) {
      const { Properties } = named(template, 'AWS::IAM::Role', words);
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
      const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: Record<string, unknown>[] };
      expect(Statement).toMatchObject([
        {
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': expect.anything() },
          },
        },
      ]);
    }
  }
  for (const { template } of EVERY) {
    expect(partsOf(template, 'BetaService').container.ReadonlyRootFilesystem).toBe(true);
    expect(partsOf(template, 'BetaService').others).toEqual([]);
  }
});

const TABLE_RIGHTS = [
  'dynamodb:DeleteItem dynamodb:DescribeTable dynamodb:GetItem dynamodb:PutItem dynamodb:Query',
  '<BetaNoticeBoardNotices.Arn>',
];

promise('BG-2', () => {
  for (const { template } of EVERY) {
    expect(rightsOf(template, 'BetaServiceTaskTaskRole')).toEqual([TABLE_RIGHTS]);
    expect(rightsOf(template, 'BetaServiceTaskExecutionRole')).toEqual([
      ['logs:CreateLogStream logs:PutLogEvents', '<BetaServiceTaskLogGroup.Arn>'],
      [
        'ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer',
        '<BetaServiceImages.Arn>',
      ],
      ['ecr:GetAuthorizationToken', '*'],
      ['secretsmanager:DescribeSecret secretsmanager:GetSecretValue', '<BetaNoticeBoardPostToken>'],
    ]);
  }
  const { container, others } = partsOf(everything, 'BetaService');
  expect(container.ReadonlyRootFilesystem).toBe(false);
  expect(others).toMatchObject([{ Name: 'collector', Essential: false, ReadonlyRootFilesystem: true }]);
  expect(JSON.parse(String(others[0]?.Environment?.[0]?.Value))).toMatchObject({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:4318' } } } },
    service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['awsxray'] } } },
  });
  expect(container.Environment).toContainEqual({
    Name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    Value: 'http://127.0.0.1:4318',
  });
  const actions = rightsOf(everything, 'BetaServiceTaskTaskRole').map(([each]) => each);
  expect(actions.sort()).toEqual([
    TABLE_RIGHTS[0],
    'ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel xray:PutTelemetryRecords xray:PutTraceSegments',
  ]);
  expect(partsOf(everything, 'BetaService').service.Properties.EnableExecuteCommand).toBe(true);
  expect(partsOf(ecsVariant.template, 'BetaService').service.Properties.EnableExecuteCommand).toBe(false);
});

promise('BG-3', () => {
  for (const { template } of EVERY) {
    const secret = theOnly(template, 'AWS::SecretsManager::Secret');
    const { container } = partsOf(template, 'BetaService');
    expect(container.Secrets).toEqual([{ Name: 'POST_TOKEN', ValueFrom: { Ref: secret.id } }]);
    expect(container.Environment?.map(({ Name }) => Name)).toEqual(['PORT', 'TABLE_NAME']);
    expect(secret.Properties).not.toHaveProperty('SecretString');
    expect(secret.Properties.GenerateSecretString).toEqual({ PasswordLength: 40, ExcludePunctuation: true });
    expect(JSON.stringify(template)).not.toContain('resolve:secretsmanager');
    const readers = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).filter((role) =>
      statementsOf(template, role).some((statement) => referencesIn(statement).includes(secret.id)),
    );
    expect(readers.map(plain)).toEqual(['BetaServiceTaskExecutionRole']);
  }
});

promise('BG-3', () => {
  const own = synthesizeService((stack) => ({
    application: {
      environment: { A: '1' },
      secrets: { KEY: ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Key')) },
      grantTo: (role) => dynamodbOf(stack).grantReadData(role),
    },
  }));
  const { container } = partsOf(own);
  expect(container.Environment).toEqual([
    { Name: 'PORT', Value: '8080' },
    { Name: 'A', Value: '1' },
  ]);
  expect(container.Secrets?.map(({ Name, ValueFrom }) => `${Name} ${plainText(ValueFrom)}`)).toEqual([
    'KEY <Key>',
  ]);
  expect(JSON.stringify(rightsOf(own, 'BoardServiceTaskTaskRole'))).not.toContain('<Key>');
  // The notice board's table and token belong to the notice board alone.
  expect(Object.keys(resourcesOf(own, 'AWS::DynamoDB::GlobalTable')).map(plain)).toEqual(['Own']);
});

const dynamodbOf = (stack: Stack) =>
  new dynamodb.TableV2(stack, 'Own', { partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING } });

/** Who gets into the load balancer, by port. */
const clientsOf = (template: StackTemplate, words: string) =>
  allowedConnections(template, 'Ingress')
    .filter(({ group }) => group === words)
    .map(({ peer, port }) => `${port} ${peer}`)
    .sort();

promise('BG-4', () => {
  for (const { template } of EVERY) {
    expect(clientsOf(template, 'FrontSecurityGroup')).toEqual([
      '80 0.0.0.0/0',
      '8443 ServiceValidationFunctionSecurityGroup',
    ]);
    expect(Object.keys(listenersOf(template))).toEqual(['80', '8443']);
  }
  expect(clientsOf(everything, 'BetaFrontSecurityGroup')).toEqual([
    '443 0.0.0.0/0',
    '80 0.0.0.0/0',
    '8443 198.51.100.0/24',
    '8443 203.0.113.0/24',
    '8443 BetaServiceValidationFunctionSecurityGroup',
    '8443 BetaServiceadminValidationFunctionSecurityGroup',
  ]);
  const other = synthesizeService(() => ({ testPort: 9000, testClientRanges: ['198.51.100.0/24'] }));
  expect(clientsOf(other, 'FrontSecurityGroup')).toEqual([
    '80 0.0.0.0/0',
    '9000 198.51.100.0/24',
    '9000 ServiceValidationFunctionSecurityGroup',
  ]);
  expect(variablesOf(partsOf(other).validation).TEST_PORT).toBe('9000');
});

promise('BG-4', () => {
  for (const { template } of EVERY) {
    const { '80': production, '8443': tests } = listenersOf(template);
    for (const listener of [production, tests]) {
      expect(listener?.Properties).toMatchObject({
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      });
    }
    const { blue, green, productionRule, testRule } = partsOf(template, 'BetaService');
    expect(productionRule.Properties.ListenerArn).toEqual({ Ref: production?.id });
    expect(testRule.Properties.ListenerArn).toEqual({ Ref: tests?.id });
    for (const rule of [productionRule, testRule]) {
      expect(groupsOf(rule)).toEqual([{ Ref: blue.id }, { Ref: green.id }]);
      expect(rule.Properties).toMatchObject({
        Priority: 50_000,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      });
    }
    const balancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(attributesOf(balancer)).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
  }
});

/** Which handler is the code of each function, by plain ids. */
function handlersIn(props: BlueGreenServiceStackProps): Record<string, string> {
  const bundles = [...handlerBundles('blue-green-service')];
  const app = createApp();
  const { artifactId } = new BlueGreenServiceStack(app, 'BlueGreenService', {
    env: { region: REGION },
    ...props,
  });
  return withAssembly(app, (assembly) => {
    const template: StackTemplate = assembly.getStackArtifact(artifactId).template;
    const found = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).flatMap(
      ([id, { Properties }]) => {
        const { S3Key } = Properties.Code as { S3Key: string };
        const folder = join(assembly.directory, `asset.${S3Key.replace('.zip', '')}`);
        const code = readFileSync(join(folder, 'index.js'), 'utf8');
        const [name] = bundles.find(([, bundle]) => bundle.code === code) ?? [];
        return name ? [[plain(id), name] as const] : [];
      },
    );
    return Object.fromEntries(found);
  });
}

promise('BG-5', () => {
  expect(handlersIn({ profile: SANDBOX })).toEqual({
    BetaServiceReleaseStateFunction: 'release-state',
    BetaServiceValidationFunction: 'validate-release',
    BetaServiceReleaseStartFunction: 'start-release',
    BetaServiceReleaseLookFunction: 'watch-release',
    PipelineSourceSeedFunction: 'seed-source',
  });
  expect(handlersIn({ profile: SANDBOX, deployment: 'codeDeploy' })).toMatchObject({
    BetaServiceValidationFunction: 'validate-deployment',
  });
});

promise('BG-5', () => {
  for (const { deployment, template } of EVERY) {
    const { validation } = partsOf(template, 'BetaService');
    expect(variablesOf(validation)).toMatchObject({
      TEST_PORT: '8443',
      PROTOCOL: 'http',
      HOST: '',
      CHECKS: '[{"path":"/readyz","status":200}]',
      VERSION_PATH: '/version',
      CONTAINER_NAME: 'app',
    });
    const variables = variablesOf(validation);
    expect(plainText(variables.LOAD_BALANCER)).toBe('<BetaFrontLoadBalancer.LoadBalancerFullName>');
    expect(plainText(variables.REPOSITORY_URI)).toMatch(/\/<BetaServiceImages>$/);
    // ECS and CodeDeploy wait for it; it has to give up before.
    expect(Number(validation.Properties.Timeout)).toBeGreaterThan(Number(variables.PATIENCE_SECONDS));
    const { SubnetIds } = validation.Properties.VpcConfig as { SubnetIds: unknown };
    expect(tiersOf(template, SubnetIds)).toEqual(['Task 0', 'Task 1']);
    const egress = allowedConnections(template, 'Egress').filter(
      ({ group }) => group === 'ServiceValidationFunctionSecurityGroup',
    );
    expect(egress.map(({ peer, port }) => `${peer} ${port}`).sort()).toEqual([
      '0.0.0.0/0 443',
      'FrontSecurityGroup 8443',
    ]);
    const role = roleOf(validation);
    const rights = permissionsOf(template, role).flatMap(([actions]) => actions.split(' '));
    expect(rights).toContain(
      deployment === 'ecs' ? 'ecs:DescribeServiceRevisions' : 'ecs:DescribeTaskDefinition',
    );
    expect(rights.includes('codedeploy:PutLifecycleEventHookExecutionStatus')).toBe(
      deployment === 'codeDeploy',
    );
    // It can call from the first release on, and until the last one.
    const needed = [...needsOf(template, partsOf(template, 'BetaService').service.id)].map(plain);
    expect(needed).toContain('BetaServiceValidationFunctionRoleDefaultPolicy');
    expect(needed.filter((id) => /^BetaServiceValidationFunctionSecurityGroupto/.test(id))).toHaveLength(1);
    // It looks for the addresses itself, and what makes interfaces stays Lambda's.
    const denied = statementsOf(template, role)
      .filter(({ Effect }) => Effect === 'Deny')
      .flatMap(({ Action }) => Action);
    expect(denied).toContain('ec2:CreateNetworkInterface');
    expect(denied).not.toContain('ec2:DescribeNetworkInterfaces');
    expect(rights).toContain('ec2:DescribeNetworkInterfaces');
  }
  const { validation } = partsOf(
    synthesize({
      ...DOMAIN,
      validationChecks: [
        { path: '/a', status: 204 },
        { path: '/b', contains: 'board' },
      ],
      versionPath: '',
    }),
    'BetaService',
  );
  expect(variablesOf(validation)).toMatchObject({
    PROTOCOL: 'https',
    HOST: DOMAIN.domainName,
    CHECKS: '[{"path":"/a","status":204},{"path":"/b","contains":"board","status":200}]',
    VERSION_PATH: '',
  });
});

promise('BG-5', () => {
  for (const { template } of NATIVE) {
    const { service, validation } = partsOf(template, 'BetaService');
    const hookRole = named(template, 'AWS::IAM::Role', 'FargateHookRole');
    const { LifecycleHooks } = service.Properties.DeploymentConfiguration as { LifecycleHooks: unknown };
    expect(LifecycleHooks).toEqual([
      {
        HookTargetArn: { 'Fn::GetAtt': [validation.id, 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [hookRole.id, 'Arn'] },
        LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      },
    ]);
    expect(hookRole.Properties).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'ecs.amazonaws.com' } }] },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Action: 'lambda:InvokeFunction',
                Effect: 'Allow',
                Resource: { 'Fn::GetAtt': [validation.id, 'Arn'] },
              },
            ],
          },
        },
      ],
    });
  }
});

/** What ECS is told of a deployment. */
const deploymentOf = (props: BlueGreenServiceProps) =>
  partsOf(synthesizeService(() => props)).service.Properties.DeploymentConfiguration as Record<
    string,
    unknown
  >;

promise('BG-6', () => {
  for (const { template } of NATIVE) {
    const { service, green, productionRule, testRule } = partsOf(template, 'BetaService');
    expect(service.Properties).not.toHaveProperty('DeploymentController');
    expect(service.Properties).not.toHaveProperty('DesiredCount');
    expect(service.Properties.DeploymentConfiguration).toMatchObject({
      Strategy: 'BLUE_GREEN',
      BakeTimeInMinutes: 5,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    });
    const role = named(template, 'AWS::IAM::Role', 'FargateLoadBalancerRole');
    expect(role.Properties).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'ecs.amazonaws.com' } }] },
    });
    expect(service.Properties.LoadBalancers).toMatchObject([
      {
        AdvancedConfiguration: {
          AlternateTargetGroupArn: { Ref: green.id },
          ProductionListenerRule: { Ref: productionRule.id },
          TestListenerRule: { Ref: testRule.id },
          RoleArn: { 'Fn::GetAtt': [role.id, 'Arn'] },
        },
      },
    ]);
    expect(Object.keys(resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup'))).toEqual([]);
  }
});

promise('BG-6', () => {
  const linear = deploymentOf({ deploymentStrategy: 'linear' });
  expect(linear).toMatchObject({
    Strategy: 'LINEAR',
    LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 1 },
  });
  const canary = deploymentOf({ deploymentStrategy: 'canary', bakeTime: minutes(30) });
  expect(canary).toMatchObject({
    Strategy: 'CANARY',
    BakeTimeInMinutes: 30,
    CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
  });
  for (const each of [linear, canary]) expect(each).not.toHaveProperty('DeploymentCircuitBreaker');
  expect(
    deploymentOf({
      deploymentStrategy: 'linear',
      linearConfiguration: { stepPercent: 25, stepBakeTime: minutes(3) },
    }),
  ).toMatchObject({ LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 3 } });
  expect(
    deploymentOf({ deploymentStrategy: 'canary', canaryConfiguration: { stepPercent: 1 } }),
  ).toMatchObject({ CanaryConfiguration: { CanaryPercent: 1, CanaryBakeTimeInMinutes: 5 } });
});

promise('BG-7', () => {
  for (const { template } of TEXTBOOK) {
    const { blue, green, service, starter, validation } = partsOf(template, 'BetaService');
    expect(service.Properties.DeploymentController).toEqual({ Type: 'CODE_DEPLOY' });
    expect(service.Properties.LoadBalancers).toEqual([
      { ContainerName: 'app', ContainerPort: 8080, TargetGroupArn: { Ref: blue.id } },
    ]);
    const { '80': production, '8443': tests } = listenersOf(template);
    const group = theOnly(template, 'AWS::CodeDeploy::DeploymentGroup');
    expect(group.Properties).toMatchObject({
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      BlueGreenDeploymentConfiguration: {
        TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 5 },
      },
      DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL', DeploymentType: 'BLUE_GREEN' },
      ECSServices: [{ ServiceName: { 'Fn::GetAtt': [service.id, 'Name'] } }],
      LoadBalancerInfo: {
        TargetGroupPairInfoList: [
          {
            ProdTrafficRoute: { ListenerArns: [{ Ref: production?.id }] },
            TestTrafficRoute: { ListenerArns: [{ Ref: tests?.id }] },
            TargetGroups: [
              { Name: { 'Fn::GetAtt': [blue.id, 'TargetGroupName'] } },
              { Name: { 'Fn::GetAtt': [green.id, 'TargetGroupName'] } },
            ],
          },
        ],
      },
    });
    expect(variablesOf(starter)).toMatchObject({
      DEPLOYMENT: 'codeDeploy',
      APPLICATION: { Ref: theOnly(template, 'AWS::CodeDeploy::Application').id },
      DEPLOYMENT_GROUP: { Ref: group.id },
      CONTAINER_PORT: '8080',
      VALIDATION_FUNCTION: { 'Fn::GetAtt': [validation.id, 'Arn'] },
    });
    const { Family } = partsOf(template, 'BetaService').taskDefinition.Properties;
    expect(variablesOf(starter).FAMILY).toEqual(Family);
    // AWS's policy lets CodeDeploy call functions of one name only.
    expect(rightsOf(template, 'BetaServiceCodeDeployRole')).toEqual([
      ['lambda:InvokeFunction', '<BetaServiceValidationFunction.Arn>'],
    ]);
  }
});

promise('BG-7', () => {
  const configOf = (props: BlueGreenServiceProps) =>
    theOnly(
      synthesizeService(() => ({ deployment: 'codeDeploy', ...props })),
      'AWS::CodeDeploy::DeploymentConfig',
    ).Properties;
  expect(configOf({ deploymentStrategy: 'canary' })).toMatchObject({
    ComputePlatform: 'ECS',
    TrafficRoutingConfig: {
      Type: 'TimeBasedCanary',
      TimeBasedCanary: { CanaryInterval: 5, CanaryPercentage: 10 },
    },
  });
  expect(
    configOf({
      deploymentStrategy: 'linear',
      linearConfiguration: { stepPercent: 20, stepBakeTime: minutes(2) },
    }),
  ).toMatchObject({
    TrafficRoutingConfig: {
      Type: 'TimeBasedLinear',
      TimeBasedLinear: { LinearInterval: 2, LinearPercentage: 20 },
    },
  });
  expect(configOf({ deploymentStrategy: 'linear' })).toMatchObject({
    TrafficRoutingConfig: { TimeBasedLinear: { LinearInterval: 1, LinearPercentage: 10 } },
  });
  const late = synthesizeService(() => ({ deployment: 'codeDeploy', bakeTime: minutes(60) }));
  expect(theOnly(late, 'AWS::CodeDeploy::DeploymentGroup').Properties).toMatchObject({
    BlueGreenDeploymentConfiguration: {
      TerminateBlueInstancesOnDeploymentSuccess: { TerminationWaitTimeInMinutes: 60 },
    },
  });
});

promise('BG-8', () => {
  for (const { template } of EVERY) {
    const topic = { Ref: theOnly(template, 'AWS::SNS::Topic').id };
    expectAlarmsThatFire(template, alarmsOfService('Service', serviceAlarms(template)), topic);
    // Without any registered task there is no datapoint, and nobody is served either.
    expect(alarmsOf(template).ServiceNoHealthyTask?.Properties.TreatMissingData).toBe('breaching');
    const dashboard = textOf(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
    for (const metric of ['HealthyHostCount', 'RequestCount', 'TargetResponseTime', 'MemoryUtilization']) {
      expect(dashboard).toContain(`"${metric}"`);
    }
  }
  expectTopicForAlarms(synthesizeService());
  expectMail(
    synthesizeService(() => ({ alarmEmail: 'alarms@example.com' })),
    'alarms@example.com',
  );
});

/** The names of the alarms that roll a release back, and whether any does. */
function rollbackOf(template: StackTemplate): { alarms: string[]; isOn: unknown } {
  const [group] = Object.values(resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup'));
  if (group) {
    const { Alarms = [], Enabled } = (group.Properties.AlarmConfiguration ?? {}) as {
      Alarms?: { Name: unknown }[];
      Enabled?: boolean;
    };
    const { Events } = group.Properties.AutoRollbackConfiguration as { Events: string[] };
    const isOn = Enabled === true && Events.includes('DEPLOYMENT_STOP_ON_ALARM');
    return { alarms: Alarms.map(({ Name }) => plainText(Name)), isOn };
  }
  const { Alarms } = partsOf(template).service.Properties.DeploymentConfiguration as {
    Alarms?: { AlarmNames: unknown[]; Enable: boolean; Rollback: boolean };
  };
  return {
    alarms: Alarms?.AlarmNames.map(plainText) ?? [],
    isOn: (Alarms?.Enable && Alarms.Rollback) ?? false,
  };
}

promise('BG-8', () => {
  const own = '<BoardMonitoringServiceErrorRateHigh>';
  for (const deployment of ['ecs', 'codeDeploy'] as const) {
    const rollback = (propsOf: (stack: Stack) => BlueGreenServiceProps) =>
      rollbackOf(synthesizeService((stack) => ({ deployment, ...propsOf(stack) })));
    const deploymentAlarms = (stack: Stack) => [
      cloudwatch.Alarm.fromAlarmName(stack, 'First', 'first'),
      cloudwatch.Alarm.fromAlarmName(stack, 'Second', 'second'),
    ];
    const names = ['first', 'second'];
    expect(rollback(() => ({}))).toEqual({ alarms: [own], isOn: true });
    expect(rollback((stack) => ({ deploymentAlarms: deploymentAlarms(stack) }))).toEqual({
      alarms: [own, ...names],
      isOn: true,
    });
    expect(
      rollback((stack) => ({ rollbackOnErrors: false, deploymentAlarms: deploymentAlarms(stack) })),
    ).toEqual({ alarms: names, isOn: true });
    expect(rollback(() => ({ rollbackOnErrors: false, bakeTime: minutes(0) }))).toEqual({
      alarms: [],
      isOn: false,
    });
  }
});

promise('BG-9', () => {
  for (const template of [...EVERY.map((each) => each.template), twoStages, everything]) {
    const services = Object.keys(resourcesOf(template, 'Custom::ReleaseState')).map((id) =>
      plain(id).replace(/ReleaseState$/, ''),
    );
    expect(services).not.toEqual([]);
    for (const service of services) expectOnlyAnswers(template, service);
    expect(Object.keys(resourcesOf(template, 'AWS::ECS::Service'))).toHaveLength(services.length);
    expect(Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule'))).toHaveLength(
      2 * services.length,
    );
  }
});

promise('BG-9', () => {
  const base = ecsVariant.template;
  const again = synthesize();
  expect(changeBetween(base, again)).toEqual({
    isReleasedChanged: false,
    isFingerprintChanged: false,
    isAsked: false,
  });
  for (const [name, [isTouched, props]] of Object.entries(CHANGES)) {
    const change = changeBetween(base, synthesize(props));
    // The stack's own tags are no part of the template, and come to its resources all the same.
    const isTag = props.tags !== undefined;
    expect({ name, ...change }).toEqual({
      name,
      isReleasedChanged: isTouched && !isTag,
      isFingerprintChanged: isTouched,
      isAsked: isTouched,
    });
  }
});

promise('BG-9', () => {
  const tagged = (tag: (board: BlueGreenService) => void) =>
    templateOfConstructs((stack) => {
      const board = new BlueGreenService(stack, 'Board', {
        pathServices: { admin: { pathPatterns: ['/admin/*'], priority: 7 } },
      });
      tag(board);
    });
  const base = tagged(() => undefined);
  const isAsked = (template: StackTemplate, service: string) =>
    changeBetween(base, template, [service, service]);
  const all = tagged((board) => Tags.of(board).add('team', 'board'));
  const rule = tagged(({ pathServices }) => {
    Tags.of(pathServices.admin?.node.findChild('Routes') ?? fail()).add('team', 'board');
  });
  for (const service of ['BoardService', 'BoardServiceadmin']) {
    expect(isAsked(all, service)).toMatchObject({ isReleasedChanged: true, isFingerprintChanged: true });
  }
  expect(isAsked(rule, 'BoardService').isFingerprintChanged).toBe(false);
  expect(isAsked(rule, 'BoardServiceadmin').isFingerprintChanged).toBe(true);
  const elsewhere = tagged((board) => Tags.of(board.node.findChild('AccessLogs')).add('team', 'board'));
  expect(isAsked(elsewhere, 'BoardService').isFingerprintChanged).toBe(false);
  const added = tagged(({ service }) => {
    service.taskDefinition.addContainer('Helper', { image: ecs.ContainerImage.fromRegistry('helper') });
  });
  expect(isAsked(added, 'BoardService').isFingerprintChanged).toBe(true);
});

const fail = (): never => {
  throw new Error('there is no such service');
};

promise('BG-9', () => {
  const withAdmin = (differences: object) =>
    synthesizeService(() => ({
      pathServices: { admin: { pathPatterns: ['/admin/*'], priority: 7, ...differences } },
    }));
  const base = withAdmin({});
  for (const differences of [
    { priority: 8 },
    { pathPatterns: ['/admin'] },
    { cpu: 512, memoryLimitMiB: 1024 },
  ]) {
    const other = withAdmin(differences);
    const touches = (service: string) => changeBetween(base, other, [service, service]).isFingerprintChanged;
    expect([touches('BoardServiceadmin'), touches('BoardService')]).toEqual([true, false]);
  }
  // Another command is none of the template, and is asked for all the same.
  const command = synthesizeService(() => ({ command: ['node', 'other.cjs'] }));
  expect(changeBetween(synthesizeService(), command, ['BoardService', 'BoardService'])).toEqual({
    isReleasedChanged: false,
    isFingerprintChanged: false,
    isAsked: true,
  });
  expect(partsOf(command).state.Properties.Command).toBe('["node","other.cjs"]');
  expect(variablesOf(partsOf(command).starter).COMMAND).toBe('["node","other.cjs"]');
});

promise('BG-9', () => {
  // What is replaced has another value under the same name, and so have parameters.
  for (const template of [...EVERY.map((each) => each.template), everything]) {
    const { state } = partsOf(template, 'BetaService');
    const released = releasedIn(template, 'BetaService');
    const own = [state, ...released].map(({ id }) => id);
    const used = new Set(released.flatMap(({ Properties }) => referencesIn(Properties)));
    const wanted = [...used].filter((id) => !own.includes(id));
    const told = referencesIn(state.Properties.Uses);
    expect(told.length).toBeGreaterThan(10);
    expect(wanted.filter((id) => !told.includes(id))).toEqual([]);
    expect(told.filter((id) => own.includes(id))).toEqual([]);
    // Nor does it wait for anything that waits for it.
    const needed = needsOf(template, state.id);
    expect(own.filter((id) => needed.has(id))).toEqual([]);
  }
});

promise('BG-10', () => {
  for (const variant of EVERY) expectStateIsAsked(variant);
});

promise('BG-11', async () => {
  for (const { template } of EVERY) {
    const { InitialCommand, InitialImage } = partsOf(template, 'BetaService').state.Properties;
    expect(InitialImage).toMatch(/^public\.ecr\.aws\/docker\/library\/node:24/);
    expect(JSON.parse(String(InitialCommand))).toEqual(FIRST_COMMAND);
  }
  await expectPlaceholderAnswers();
});

promise('BG-12', () => {
  const template = synthesizeService(() => ({
    pathServices: {
      admin: { pathPatterns: ['/admin', '/admin/*'], priority: 7, containerPort: 3000 },
      api: { pathPatterns: ['/api/*'], priority: 3, application: { environment: { A: '1' } } },
    },
  }));
  const services = ['BoardService', 'BoardServiceadmin', 'BoardServiceapi'];
  const { '80': production, '8443': tests } = listenersOf(template);
  const rulesOf = (service: string) => {
    const { productionRule, testRule } = partsOf(template, service);
    expect(productionRule.Properties.ListenerArn).toEqual({ Ref: production?.id });
    expect(testRule.Properties.ListenerArn).toEqual({ Ref: tests?.id });
    return [productionRule, testRule].map(({ Properties }) => [
      Properties.Priority,
      (Properties.Conditions as { PathPatternConfig: { Values: string[] } }[])[0]?.PathPatternConfig.Values,
    ]);
  };
  expect(services.map(rulesOf)).toEqual([
    [
      [50_000, ['/*']],
      [50_000, ['/*']],
    ],
    [
      [7, ['/admin', '/admin/*']],
      [7, ['/admin', '/admin/*']],
    ],
    [
      [3, ['/api/*']],
      [3, ['/api/*']],
    ],
  ]);
  const parts = services.map((service) => partsOf(template, service));
  for (const kind of [
    'blue',
    'green',
    'service',
    'state',
    'taskDefinition',
    'workflow',
    'validation',
  ] as const) {
    expect(new Set(parts.map((each) => each[kind].id)).size).toBe(3);
  }
  expect(new Set(parts.map(({ taskDefinition }) => textOf(taskDefinition.Properties.Family))).size).toBe(3);
  expect(new Set(parts.map(({ starter }) => plainText(variablesOf(starter).REPOSITORY_URI))).size).toBe(3);
  expect(Object.keys(resourcesOf(template, 'AWS::ECS::Cluster'))).toHaveLength(1);
  expect(Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'))).toHaveLength(1);
  const [, admin, api] = parts;
  expect(admin?.container.Environment).toEqual([{ Name: 'PORT', Value: '3000' }]);
  expect(api?.container.Environment).toEqual([
    { Name: 'PORT', Value: '8080' },
    { Name: 'A', Value: '1' },
  ]);
  expect(permissionsOf(template, named(template, 'AWS::IAM::Role', 'ServiceadminTaskTaskRole').id)).toEqual(
    [],
  );
  expectAlarmsThatFire(
    template,
    {
      ...alarmsOfService('Service', serviceAlarms(template, 'BoardService')),
      ...alarmsOfService('admin', serviceAlarms(template, 'BoardServiceadmin')),
      ...alarmsOfService('api', serviceAlarms(template, 'BoardServiceapi')),
    },
    { Ref: theOnly(template, 'AWS::SNS::Topic').id },
  );
});

/** The policies by which a service's tasks come and go. */
function scalingOf(template: StackTemplate) {
  const target = theOnly(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const policies = Object.values(resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalingPolicy'));
  const [cpu, requests] = policies.map(
    ({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration as Record<string, unknown>,
  );
  expect(policies).toHaveLength(2);
  for (const { Properties } of policies) {
    expect(Properties).toMatchObject({
      PolicyType: 'TargetTrackingScaling',
      ScalingTargetId: { Ref: target.id },
    });
  }
  return { target, cpu, requests };
}

promise('BG-13', () => {
  for (const { template } of EVERY) {
    const { cpu, requests, target } = scalingOf(template);
    expect(target.Properties).toMatchObject({
      MinCapacity: 2,
      MaxCapacity: 6,
      ScalableDimension: 'ecs:service:DesiredCount',
    });
    expect(cpu).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      TargetValue: 60,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 60,
    });
    expect(requests).toMatchObject({ TargetValue: 1000, ScaleInCooldown: 300, ScaleOutCooldown: 60 });
    const { Metrics } = (requests?.CustomizedMetricSpecification ?? {}) as {
      Metrics: { Id: string; Expression?: string; ReturnData: boolean; MetricStat?: unknown }[];
    };
    const [{ Expression = '' } = {}, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
    expect(others).toEqual([]);
    const followed = (blue?: number, green?: number) => evaluateMetricMath(Expression, { blue, green });
    expect([followed(500), followed(undefined, 500), followed(300, 800), followed()]).toEqual([
      500, 500, 800, 0,
    ]);
    const { blue, green } = partsOf(template, 'BetaService');
    expect(Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [[Id, MetricStat]] : []))).toEqual(
      Object.entries({ blue, green }).map(([id, group]) => [
        id,
        {
          Stat: 'Sum',
          Metric: {
            Namespace: 'AWS/ApplicationELB',
            MetricName: 'RequestCountPerTarget',
            Dimensions: [{ Name: 'TargetGroup', Value: { 'Fn::GetAtt': [group.id, 'TargetGroupFullName'] } }],
          },
        },
      ]),
    );
  }
  const { cpu, requests, target } = scalingOf(
    synthesizeService(() => ({ minCapacity: 3, maxCapacity: 30, targetCpu: 45, targetRequests: 77 })),
  );
  expect(target.Properties).toMatchObject({ MinCapacity: 3, MaxCapacity: 30 });
  expect([cpu?.TargetValue, requests?.TargetValue]).toEqual([45, 77]);
});

promise('BG-14', () => {
  for (const { template } of EVERY) {
    const { Properties } = theOnly(template, 'AWS::ECR::Repository');
    expect(Properties).toMatchObject({
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
    expect(Properties).not.toHaveProperty('RepositoryName');
    const { LifecyclePolicyText } = Properties.LifecyclePolicy as { LifecyclePolicyText: string };
    const { rules } = JSON.parse(LifecyclePolicyText) as { rules: { selection: object; action: object }[] };
    expect(rules.map(({ action, selection }) => ({ ...selection, ...action }))).toEqual([
      { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1, type: 'expire' },
      { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30, type: 'expire' },
    ]);
  }
  const own = synthesizeService((stack) => ({
    repository: ecr.Repository.fromRepositoryName(stack, 'Own', 'own'),
  }));
  expect(resourcesOf(own, 'AWS::ECR::Repository')).toEqual({});
  expect(plainText(variablesOf(partsOf(own).starter).REPOSITORY_URI)).toMatch(/\/own$/);
  expect(JSON.stringify(rightsOf(own, 'BoardServiceTaskExecutionRole'))).toContain('repository/own');
});

promise('BG-15', () => {
  for (const variant of EVERY) expectWorkflow(variant);
});

promise('BG-15', () => {
  for (const variant of EVERY) expectReleaseRights(variant);
});

test('a release can be started by hand', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: REGION } });
  const { service } = new BlueGreenService(stack, 'Board');
  const command = plainText(stack.resolve(service.releaseCommand));
  expect(command).toMatch(
    /^aws stepfunctions start-execution --region ap-northeast-1 --state-machine-arn <BoardServiceReleaseStateMachine> --input '{"image":".+\/<BoardServiceImages>:<tag>"}'$/,
  );
});

promise('BG-16', () => {
  for (const template of ALL) expectPush(template);
});

promise('BG-16', () => {
  const template = synthesize({
    source: {
      connectionArn:
        'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/12345678-1234-1234-1234-123456789012',
      repository: 'example/notice-board',
    },
  });
  expect(actionOf(template, 'Source', 'Source')).toMatchObject({
    ActionTypeId: { Provider: 'CodeStarSourceConnection' },
    Configuration: { FullRepositoryId: 'example/notice-board', BranchName: 'main' },
  });
  expect(resourcesOf(template, 'Custom::SourceSeed')).toEqual({});
  expect(template.Outputs).not.toHaveProperty('PushCommand');
});

promise('BG-17', () => {
  for (const template of ALL) {
    const { Properties } = theOnly(template, 'AWS::CodeBuild::Project');
    expect(Properties.Environment).toMatchObject({ Type: 'ARM_CONTAINER', PrivilegedMode: false });
    expect(Properties.Source).toEqual({ Type: 'CODEPIPELINE' });
    const isServers = template === servers || template === serversSandbox;
    const { EnvironmentVariables } = Properties.Environment as {
      EnvironmentVariables: { Name: string; Value: unknown }[];
    };
    expect(
      EnvironmentVariables.map(({ Name, Value }) => [Name, plainText(Value).replace(/.*\//, '')]),
    ).toEqual([
      ['TARGET', isServers ? 'servers' : 'container'],
      ['REPOSITORY_URI', isServers ? '' : '<BetaServiceImages>'],
      ['MAX_SEVERITY', 'CRITICAL'],
    ]);
    expect(actionOf(template, 'Build', 'Build').Configuration.EnvironmentVariables).toContain(
      '#{Source_Source_NS.VersionId}',
    );
  }
  const strict = theOnly(synthesize({ maxSeverity: 'LOW' }), 'AWS::CodeBuild::Project').Properties;
  expect(JSON.stringify(strict.Environment)).toContain(
    '{"Name":"MAX_SEVERITY","Type":"PLAINTEXT","Value":"LOW"}',
  );
});

promise('BG-17', () => {
  const buildspec = readFileSync(join('services', 'notice-board', 'buildspec.yml'), 'utf8');
  const commands = [...buildspec.matchAll(/^ {6}- (.+)$/gm)].map(([, command = '']) => command);
  const place = (pattern: RegExp) => commands.findIndex((command) => pattern.test(command));
  const order = [/npm ci/, /lint/, /types/, /vitest|npm (?:run )?test/, /publish/].map(place);
  expect(order.filter((index) => index < 0)).toEqual([]);
  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(buildspec).toContain('exported-variables');
  expect(buildspec).toContain('IMAGE_URI');
});

promise('BG-18', () => {
  for (const { template } of EVERY) {
    expect(stagesOf(template)).toEqual({
      Source: ['Source S3'],
      Build: ['Build CodeBuild'],
      Beta: ['Release StepFunctions'],
    });
    expect(Object.keys(resourcesOf(template, 'AWS::ECS::Service')).map(plain)).toEqual([
      'BetaServiceFargateService',
    ]);
  }
  expect(stagesOf(twoStages).Production).toEqual(['Approve Manual', 'Release StepFunctions']);
  const [approval, beta, production] = [
    actionOf(twoStages, 'Production', 'Approve'),
    actionOf(twoStages, 'Beta', 'Release'),
    actionOf(twoStages, 'Production', 'Release'),
  ];
  expect(approval.RunOrder).toBeLessThan(production.RunOrder);
  expect(production.Configuration.Input).toBe('{"image":"#{Build_Build_NS.IMAGE_URI}"}');
  expect(beta.Configuration.Input).toBe(production.Configuration.Input);
  const workflowOf = (environment: string) => partsOf(twoStages, `${environment}Service`).workflow.id;
  expect(beta.Configuration.StateMachineArn).toEqual({ Ref: workflowOf('Beta') });
  expect(production.Configuration.StateMachineArn).toEqual({ Ref: workflowOf('Production') });
  expect(Object.keys(resourcesOf(twoStages, 'AWS::ECR::Repository')).map(plain)).toEqual([
    'BetaServiceImages',
  ]);
  for (const environment of ['Beta', 'Production']) {
    const { starter } = partsOf(twoStages, `${environment}Service`);
    expect(plainText(variablesOf(starter).REPOSITORY_URI)).toMatch(/\/<BetaServiceImages>$/);
  }
  expect(plainText(approval.Configuration.ExternalEntityLink)).toBe('http://<BetaFrontLoadBalancer.DNSName>');
  expect(plainText(twoStages.Outputs?.SiteUrl?.Value)).toBe('http://<ProductionFrontLoadBalancer.DNSName>');
  const [release] = [actionOf(synthesize({ servers: {}, production: true }), 'Production', 'Release')];
  expect(release.InputArtifacts).toEqual([{ Name: 'Built' }]);
});

promise('BG-19', () => {
  for (const template of ALL) expectBoundRights(template);
});

promise('BG-19', () => {
  // What ends with a wildcard names the service, the family, the bucket or the workflow before it.
  for (const template of ALL) expectBoundWildcards(template);
});

promise('BG-20', () => {
  for (const template of ALL) expectOutcomes(template, WITH_PRODUCTION.includes(template));
  const few = synthesize({ notifiedOutcomes: ['FAILED'] });
  expect(named(few, 'AWS::Events::Rule', 'PipelineOutcome').Properties).toMatchObject({
    EventPattern: { detail: { state: ['FAILED'] } },
  });
});

promise('BG-21', () => {
  for (const template of [servers, serversSandbox]) {
    const group = theOnly(template, 'AWS::CodeDeploy::DeploymentGroup');
    const fleet = theOnly(template, 'AWS::AutoScaling::AutoScalingGroup');
    const targets = theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(group.Properties).toMatchObject({
      // New servers get the last release by CodeDeploy's hook, and serve when they have it.
      AutoScalingGroups: [{ Ref: fleet.id }],
      OutdatedInstancesStrategy: 'UPDATE',
      DeploymentConfigName: 'CodeDeployDefault.OneAtATime',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      LoadBalancerInfo: {
        TargetGroupInfoList: [{ Name: { 'Fn::GetAtt': [targets.id, 'TargetGroupName'] } }],
      },
    });
    expect(group.Properties).not.toHaveProperty('BlueGreenDeploymentConfiguration');
    expect(actionOf(template, 'Beta', 'Release')).toMatchObject({
      ActionTypeId: { Provider: 'CodeDeploy' },
      Configuration: {
        ApplicationName: { Ref: theOnly(template, 'AWS::CodeDeploy::Application').id },
        DeploymentGroupName: { Ref: group.id },
      },
      InputArtifacts: [{ Name: 'Built' }],
    });
    for (const type of ['AWS::ECS::Service', 'AWS::ECR::Repository', 'Custom::ReleaseState']) {
      expect(resourcesOf(template, type)).toEqual({});
    }
  }
  for (const deploymentConfig of ['AllAtOnce', 'HalfAtATime', 'OneAtATime'] as const) {
    const template = synthesize({ servers: { deploymentConfig, minCapacity: 3, maxCapacity: 5 } });
    expect(theOnly(template, 'AWS::CodeDeploy::DeploymentGroup').Properties.DeploymentConfigName).toBe(
      `CodeDeployDefault.${deploymentConfig}`,
    );
    expect(theOnly(template, 'AWS::AutoScaling::AutoScalingGroup').Properties).toMatchObject({
      MinSize: '3',
      MaxSize: '5',
    });
  }
});

promise('BG-22', () => {
  for (const template of [synthesize(DOMAIN), synthesize({ ...DOMAIN, profile: SANDBOX })]) {
    const certificate = theOnly(template, 'AWS::CertificateManager::Certificate');
    expect(certificate.Properties).toMatchObject({
      DomainName: DOMAIN.domainName,
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ HostedZoneId: DOMAIN.hostedZone.hostedZoneId }],
    });
    const { '80': plainHttp, '443': production, '8443': tests } = listenersOf(template);
    for (const listener of [production, tests]) {
      expect(listener?.Properties).toMatchObject({
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: { Ref: certificate.id } }],
        SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-/),
      });
    }
    expect(plainHttp?.Properties).toMatchObject({
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
    const { productionRule, testRule } = partsOf(template, 'BetaService');
    expect(productionRule.Properties.ListenerArn).toEqual({ Ref: production?.id });
    expect(testRule.Properties.ListenerArn).toEqual({ Ref: tests?.id });
    expect(theOnly(template, 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: `${DOMAIN.domainName}.`,
      Type: 'A',
      HostedZoneId: DOMAIN.hostedZone.hostedZoneId,
      AliasTarget: { DNSName: expect.anything() },
    });
    expect(template.Outputs?.SiteUrl?.Value).toBe(`https://${DOMAIN.domainName}`);
    expectAlarmsThatFire(
      template,
      alarmsOfService('Service', serviceAlarms(template, 'BetaService', '443')),
      { Ref: theOnly(template, 'AWS::SNS::Topic').id },
    );
  }
  const names = Object.values(resourcesOf(everything, 'AWS::Route53::RecordSet')).map(
    ({ Properties }) => Properties.Name,
  );
  expect(names.sort()).toEqual([`${DOMAIN.domainName}.`, `beta.${DOMAIN.domainName}.`].sort());
});

promise('BG-22', () => {
  const firewalls = (props: BlueGreenServiceStackProps) => {
    const template = synthesize(props);
    const acls = Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'));
    const balancers = Object.keys(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'));
    const associated = Object.values(resourcesOf(template, 'AWS::WAFv2::WebACLAssociation')).map(
      ({ Properties }) => [referencesIn(Properties.WebACLArn)[0], referencesIn(Properties.ResourceArn)[0]],
    );
    expect(associated).toEqual(acls.map((acl, index) => [acl, balancers[index]]));
    return acls.length;
  };
  expect(firewalls({})).toBe(1);
  expect(firewalls({ production: true })).toBe(2);
  expect(firewalls({ servers: {} })).toBe(1);
  expect(firewalls({ profile: SANDBOX })).toBe(0);
  expect(firewalls({ profile: SANDBOX, webApplicationFirewall: true })).toBe(1);
  expect(firewalls({ webApplicationFirewall: false })).toBe(0);
});

promise('BG-23', () => {
  const { drain, stopTimeout } = readConfiguration({ TABLE_NAME: 'notices', AWS_REGION: REGION });
  for (const { template } of EVERY) {
    const { blue, container, green, service } = partsOf(template, 'BetaService');
    // The service ends by itself before ECS kills it.
    expect(Number(container.StopTimeout) * 1000).toBeGreaterThan(stopTimeout);
    expect(stopTimeout).toBeGreaterThan(drain);
    for (const group of [blue, green]) {
      expect(attributesOf(group)).toEqual({
        // ECS takes a task out of its group first, and tells it to stop when this is over.
        'deregistration_delay.timeout_seconds': '30',
        'stickiness.enabled': 'false',
      });
      expect(group.Properties).toMatchObject({
        TargetType: 'ip',
        HealthCheckPath: '/healthz',
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
        Matcher: { HttpCode: '200' },
      });
    }
    expect(service.Properties).toMatchObject({ HealthCheckGracePeriodSeconds: 60 });
    expect(service.Properties.DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 100 });
    const balancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    // Its own idle timeout is 60 seconds, less than the service keeps connections open.
    expect(attributesOf(balancer)).not.toHaveProperty(['idle_timeout.timeout_seconds']);
  }
  const other = synthesizeService(() => ({
    stopTimeout: Duration.seconds(90),
    deregistrationDelay: Duration.seconds(0),
    healthCheckPath: '/alive',
    healthCheckGracePeriod: Duration.seconds(0),
  }));
  const { blue, container, green, service } = partsOf(other);
  expect(container.StopTimeout).toBe(90);
  for (const group of [blue, green]) {
    expect(attributesOf(group)['deregistration_delay.timeout_seconds']).toBe('0');
    expect(group.Properties.HealthCheckPath).toBe('/alive');
  }
  expect(service.Properties.HealthCheckGracePeriodSeconds).toBe(0);
});

promise('BG-24', () => {
  const inSandbox = [
    ecsSandbox.template,
    codeDeploySandbox.template,
    serversSandbox,
    synthesize({
      ...DOMAIN,
      profile: SANDBOX,
      production: true,
      webApplicationFirewall: true,
      tracing: true,
    }),
    synthesize({
      profile: SANDBOX,
      pathServices: { admin: { pathPatterns: ['/admin/*'], priority: 1 } },
    }),
  ];
  for (const template of inSandbox) {
    expect(sandboxProblems(template)).toEqual([]);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::ECR::Repository'))) {
      expect(Properties.EmptyOnDelete).toBe(true);
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'Custom::ReleaseState'))) {
      expect(Properties.ForgetRevisions).toBe('true');
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CodeBuild::ReportGroup'))) {
      expect(Properties.DeleteReports).toBe(true);
    }
    const buckets = Object.keys(resourcesOf(template, 'AWS::S3::Bucket')).length;
    expect(Object.keys(resourcesOf(template, 'Custom::S3AutoDeleteObjects'))).toHaveLength(buckets);
  }
  for (const { template } of [ecsSandbox, codeDeploySandbox]) {
    const family = partsOf(template, 'BetaService').taskDefinition.Properties.Family;
    const { state } = partsOf(template, 'BetaService');
    expect(state.Properties.Family).toEqual(family);
    const rights = rightsOf(template, 'BetaServiceReleaseStateFunctionRole');
    expect(rights).toContainEqual([
      'ecs:DeleteTaskDefinitions',
      `${ECS}:task-definition/${textOf(family)}:*`,
    ]);
    const unbound = rights
      .filter(([, resource]) => resource === '*')
      .flatMap(([actions]) => actions?.split(' '));
    expect(unbound).toEqual(
      expect.arrayContaining(['ecs:DeregisterTaskDefinition', 'ecs:ListTaskDefinitions']),
    );
  }
});

promise('BG-24', () => {
  for (const template of [ecsVariant.template, codeDeploy.template, servers, twoStages, everything]) {
    expect(productionProblems(template)).toEqual([]);
    for (const { DeletionPolicy, Properties } of Object.values(
      resourcesOf(template, 'AWS::ECR::Repository'),
    )) {
      expect([DeletionPolicy, Properties.EmptyOnDelete]).toEqual(['Retain', false]);
    }
    for (const { DeletionPolicy, Properties } of Object.values(
      resourcesOf(template, 'AWS::DynamoDB::GlobalTable'),
    )) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties.Replicas).toMatchObject([
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 14 },
        },
      ]);
    }
    for (const balancer of Object.values(
      resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'),
    )) {
      expect(attributesOf(balancer)['deletion_protection.enabled']).toBe('true');
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'Custom::ReleaseState'))) {
      expect(Properties.ForgetRevisions).toBe('false');
    }
    const actions = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).flatMap((role) =>
      permissionsOf(template, role).flatMap(([each]) => each.split(' ')),
    );
    expect(actions).not.toContain('ecs:DeleteTaskDefinitions');
    expect(actions).not.toContain('ecs:DeregisterTaskDefinition');
    expect(resourcesOf(template, 'Custom::S3AutoDeleteObjects')).toEqual({});
  }
  const protectedStack = (props: BlueGreenServiceStackProps) =>
    new BlueGreenServiceStack(createApp(), 'BlueGreenService', props).terminationProtection;
  expect([{}, { profile: SANDBOX }, { terminationProtection: false }].map(protectedStack)).toEqual([
    true,
    false,
    false,
  ]);
});

promise('BG-25', () => {
  for (const props of [{}, { profile: SANDBOX }, { profile: SANDBOX, deployment: 'codeDeploy' }] as const) {
    const two = templateOfConstructs((stack) => {
      for (const id of ['First', 'Second']) new BlueGreenService(stack, id, props);
    });
    const families = Object.values(resourcesOf(two, 'AWS::ECS::TaskDefinition')).map(({ Properties }) =>
      textOf(Properties.Family),
    );
    expect(new Set(families).size).toBe(2);
    for (const id of ['First', 'Second']) {
      expectOnlyAnswers(two, `${id}Service`);
      const { taskDefinition } = partsOf(two, `${id}Service`);
      const family = textOf(taskDefinition.Properties.Family);
      expect(family).toMatch(/^<AWS::StackName>-\w{1,100}$/);
      expect(JSON.stringify(rightsOf(two, `${id}ServiceReleaseStartFunctionRole`))).toContain(`${family}:*`);
    }
    if ('profile' in props) expect(sandboxProblems(two)).toEqual([]);
  }
});

promise('BG-25', () => {
  for (const props of [{}, { profile: SANDBOX, deployment: 'codeDeploy' }, { servers: {} }] as const) {
    // In one account: what is not named after the stack has no name.
    const app = createApp();
    const stacks = ['One', 'Other'].map((id) => new BlueGreenServiceStack(app, id, props));
    withAssembly(app, (assembly) => {
      const [one, other] = stacks.map(({ artifactId }) => assembly.getStackArtifact(artifactId).template);
      for (const template of [one, other]) {
        expect(JSON.stringify(template)).not.toMatch(/ap-northeast-1|us-east-1/);
      }
      expect(Object.keys(one.Resources)).toHaveLength(Object.keys(other.Resources).length);
    });
    const known = ['us-east-1', 'eu-west-1'].map((region) =>
      Object.entries(synthesize({ ...props, env: { region } }).Resources).map(
        ([id, { Type }]) => `${plain(id)} ${Type}`,
      ),
    );
    expect(known[1]).toEqual(known[0]);
  }
});

test('outputs are what a person uses next, at most four', () => {
  for (const template of ALL) {
    expect(Object.keys(template.Outputs ?? {})).toEqual([
      'SiteUrl',
      'PipelineUrl',
      'PushCommand',
      'Dashboard',
    ]);
  }
});

test('an existing network is used as it is', () => {
  const template = synthesizeService((stack) => ({
    vpc: new ec2.Vpc(stack, 'Existing', {
      maxAzs: 2,
      subnetConfiguration: [
        { name: 'A', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'B', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'C', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
    }),
    taskSubnets: { subnetGroupName: 'C' },
  }));
  expect(resourcesOf(template, 'AWS::EC2::VPCEndpoint')).toEqual({});
  expect(Object.keys(resourcesOf(template, 'AWS::EC2::VPC')).map(plain)).toEqual(['Existing']);
  const { NetworkConfiguration } = partsOf(template).service.Properties as {
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: unknown } };
  };
  expect(tiersOf(template, NetworkConfiguration.AwsvpcConfiguration.Subnets)).toEqual(['C 0', 'C 1']);
  expect(
    theOnly(
      synthesizeService(() => ({ cidr: '172.16.0.0/20' })),
      'AWS::EC2::VPC',
    ).Properties.CidrBlock,
  ).toBe('172.16.0.0/20');
});

test('the cluster sends what is asked for', () => {
  const settings = (props: BlueGreenServiceProps) =>
    theOnly(
      synthesizeService(() => props),
      'AWS::ECS::Cluster',
    ).Properties.ClusterSettings;
  expect(settings({})).toEqual([{ Name: 'containerInsights', Value: 'enabled' }]);
  expect(settings({ containerInsights: ecs.ContainerInsights.ENHANCED })).toEqual([
    { Name: 'containerInsights', Value: 'enhanced' },
  ]);
});

test('requests are logged, into a private bucket', () => {
  for (const { template } of EVERY) {
    const bucket = bucketOf(template, 'BetaAccessLogs');
    expect(bucket.Properties?.OwnershipControls).toEqual(PRIVATE_BUCKET.OwnershipControls);
    expect(attributesOf(theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'))).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': { Ref: bucket.id },
    });
  }
});

test('logs are kept as long as the profile says', () => {
  for (const { profile, template } of EVERY) {
    for (const [id, { Properties }] of Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup'))) {
      expect([id, Properties.RetentionInDays]).toEqual([id, profile.logRetention]);
    }
    const { container } = partsOf(template, 'BetaService');
    expect(plainText(container.LogConfiguration.Options['awslogs-group'])).toBe('<BetaServiceTaskLogGroup>');
  }
  expect(PRODUCTION.logRetention).not.toBe(SANDBOX.logRetention);
});
