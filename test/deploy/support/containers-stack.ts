import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { addDeploymentGroup } from './deployment-group';

const FOLDER = join('test', 'deploy', 'containers');
const PORT = 8080;

/** Where users ask. Not 80, which not everybody may take on their machine. */
export const USERS_PORT = 8080;

/** Where a release is tried before users reach it. */
const TEST_PORT = 8443;

/** How many tasks the service has. */
export const TASKS = 2;

/** How long the alarm can end a release after its traffic was shifted. */
export const BAKE_TIME = Duration.minutes(5);

/** Who deploys the service. */
export type Deployer = 'ecs' | 'codeDeploy';

/** What a deployment of the stack is to run. */
export interface ContainersStackProps extends StackProps {
  /** What the server says that it is. */
  readonly version: string;

  /**
   * Who deploys the service blue/green.
   *
   * @default 'ecs'
   */
  readonly deployer?: Deployer;

  /**
   * Whether there is a topic, which has nothing to do with the service.
   *
   * @default false
   */
  readonly withTopic?: boolean;
}

/** A service that ECS deploys blue/green, without any pattern: a hook asks the new tasks before users reach them. */
export class ContainersStack extends Stack {
  constructor(scope: Construct, id: string, props: ContainersStackProps) {
    super(scope, id, props);
    const { version, deployer = 'ecs', withTopic } = props;
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.80.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24 }],
    });
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    const groups = ['Blue', 'Green'].map((name) => this.addGroup(name, vpc));
    const rules = [USERS_PORT, TEST_PORT].map((port) => this.addRule(balancer, port, groups));
    const service = this.addService(vpc, version, deployer);
    const hook = this.addHook(balancer.loadBalancerFullName, deployer);
    if (deployer === 'ecs') {
      this.attach(service, groups, rules);
      service.addLifecycleHook(
        new ecs.DeploymentLifecycleLambdaTarget(hook, 'Check', {
          lifecycleStages: [ecs.DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
        }),
      );
    } else {
      addDeploymentGroup(this, { service, groups, listeners: balancer.listeners, hook });
    }
    if (withTopic) new Topic(this, 'Topic');
    new CfnOutput(this, 'BalancerName', { value: balancer.loadBalancerFullName });
  }

  private addGroup(name: string, vpc: Vpc): elb.ApplicationTargetGroup {
    return new elb.ApplicationTargetGroup(this, name, {
      vpc,
      port: PORT,
      protocol: elb.ApplicationProtocol.HTTP,
      targetType: elb.TargetType.IP,
      healthCheck: { path: '/' },
    });
  }

  private addRule(
    balancer: elb.ApplicationLoadBalancer,
    port: number,
    groups: elb.ApplicationTargetGroup[],
  ): elb.ApplicationListenerRule {
    const listener = balancer.addListener(`On${port}`, {
      port,
      protocol: elb.ApplicationProtocol.HTTP,
      defaultAction: elb.ListenerAction.fixedResponse(404),
    });
    return new elb.ApplicationListenerRule(this, `Rule${port}`, {
      listener,
      priority: 1,
      conditions: [elb.ListenerCondition.pathPatterns(['/*'])],
      action: elb.ListenerAction.weightedForward(
        groups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 100 : 0 })),
      ),
    });
  }

  private addService(vpc: Vpc, version: string, deployer: Deployer): ecs.FargateService {
    const secret = new Secret(this, 'Secret', {
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'password' },
    });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Definition', {
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 },
    });
    taskDefinition.addContainer('server', {
      image: ecs.ContainerImage.fromRegistry('greeting:1'),
      command: ['node', '-e', readFileSync(join(FOLDER, 'server.js'), 'utf8')],
      environment: { VERSION: version },
      secrets: { PASSWORD: ecs.Secret.fromSecretsManager(secret, 'password') },
      portMappings: [{ containerPort: PORT }],
      logging: ecs.LogDriver.awsLogs({ streamPrefix: 'server', logGroup: this.addLogGroup('ServerLogs') }),
    });
    const alarm = new Alarm(this, 'Alarm', {
      metric: new Metric({ namespace: 'Test', metricName: 'Errors' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    new CfnOutput(this, 'AlarmName', { value: alarm.alarmName });
    const common = {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: TASKS,
      assignPublicIp: true,
      minHealthyPercent: 100,
    };
    if (deployer === 'codeDeploy') {
      const deploymentController = { type: ecs.DeploymentControllerType.CODE_DEPLOY };
      return new ecs.FargateService(this, 'Service', { ...common, deploymentController });
    }
    const service = new ecs.FargateService(this, 'Service', {
      ...common,
      deploymentStrategy: ecs.DeploymentStrategy.BLUE_GREEN,
      bakeTime: BAKE_TIME,
    });
    service.enableDeploymentAlarms([alarm.alarmName], { behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM });
    return service;
  }

  private attach(
    service: ecs.FargateService,
    [blue, green]: elb.ApplicationTargetGroup[],
    [production, test]: elb.ApplicationListenerRule[],
  ): void {
    if (!blue || !green || !production || !test) throw new Error('two groups and two rules');
    const alternateTarget = new ecs.AlternateTarget('Alternate', {
      alternateTargetGroup: green,
      productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(production),
      testListener: ecs.ListenerRuleConfiguration.applicationListenerRule(test),
    });
    blue.addTarget(service.loadBalancerTarget({ containerName: 'server', alternateTarget }));
    service.node.addDependency(production, test);
  }

  private addHook(balancer: string, deployer: Deployer): lambda.Function {
    const reports = new Queue(this, 'Reports');
    new CfnOutput(this, 'ReportsQueueUrl', { value: reports.queueUrl });
    const hook = new lambda.Function(this, 'Hook', {
      runtime: lambda.Runtime.NODEJS_24_X,
      code: lambda.Code.fromAsset(join(FOLDER, 'handlers')),
      handler: deployer === 'ecs' ? 'check.handler' : 'check-deployment.handler',
      timeout: Duration.seconds(10),
      environment: {
        REPORTS_QUEUE_URL: reports.queueUrl,
        LOAD_BALANCER: balancer,
        USERS_PORT: `${USERS_PORT}`,
        TEST_PORT: `${TEST_PORT}`,
      },
      logGroup: this.addLogGroup('HookLogs'),
    });
    reports.grantSendMessages(hook);
    hook.addToRolePolicy(
      new PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] }),
    );
    return hook;
  }

  private addLogGroup(id: string): LogGroup {
    return new LogGroup(this, id, {
      retention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
