import { Annotations, type Duration, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ContainerTask } from './container-task';
import {
  DEFAULT_BAKE_TIME,
  DEFAULT_CANARY,
  DEFAULT_LINEAR,
  type DeploymentOptions,
} from './deployment-options';
import type { ReleaseValidation } from './release-validation';
import type { ReleasedCluster } from './released-cluster';
import type { ServiceGroups, ServiceRoutes } from './service-routes';

/** Properties of ReleasableService. */
export interface ReleasableServiceProps {
  readonly cluster: ReleasedCluster;
  readonly task: ContainerTask;
  readonly containerName: string;
  readonly containerPort: number;
  readonly groups: ServiceGroups;
  readonly routes: ServiceRoutes;
  readonly validation: ReleaseValidation;
  readonly options: DeploymentOptions;
  readonly alarmNames: string[];
  readonly healthCheckGracePeriod: Duration;
  readonly enableExecuteCommand: boolean;
}

/** A Fargate service that ECS or CodeDeploy releases, with nobody who reaches its tasks yet. */
export class ReleasableService extends Construct {
  readonly service: ecs.FargateService;

  /** The roles that ECS assumes for a release, which whoever starts one has to pass on. */
  readonly passedRoles: iam.IRole[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleasableServiceProps,
  ) {
    super(scope, id);
    const { cluster, containerName, containerPort, groups, routes, validation } = props;
    const isEcs = props.options.deployment !== 'codeDeploy';
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: cluster.vpc,
      description: 'Tasks',
      allowAllOutbound: false,
    });
    securityGroup.connections.allowToAnyIpv4(ec2.Port.HTTPS, "Images, AWS's APIs, and other services");
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: cluster.cluster,
      taskDefinition: props.task.taskDefinition,
      vpcSubnets: cluster.taskSubnets,
      securityGroups: [securityGroup],
      assignPublicIp: false,
      healthCheckGracePeriod: props.healthCheckGracePeriod,
      enableExecuteCommand: props.enableExecuteCommand,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      ...(isEcs
        ? this.ecsDeployment()
        : { deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY } }),
    });
    groups.blue.addTarget(
      this.service.loadBalancerTarget({
        containerName,
        containerPort,
        alternateTarget: isEcs ? this.alternateTarget() : undefined,
      }),
    );
    // aws-cdk-lib recommends it to every service.
    Annotations.of(this.service).acknowledgeWarning(
      '@aws-cdk/aws-ecs:shouldUseCircuitBreaker',
      'AWS has it for rolling and blue/green deployments; the others are rolled back by alarms and by the validation.',
    );
    // What ECS needs from the first task on, and until the last one is gone.
    this.service.node.addDependency(
      ...(cluster.insightsLog ? [cluster.insightsLog] : []),
      routes,
      validation,
      props.task.executionRole,
      cluster.vpc.selectSubnets(cluster.taskSubnets).internetConnectivityEstablished,
    );
  }

  private ecsDeployment(): Partial<ecs.FargateServiceProps> {
    const { alarmNames, options, validation } = this.props;
    const strategy = options.deploymentStrategy ?? 'blueGreen';
    const hookRole = new iam.Role(this, 'HookRole', {
      description: 'ECS calls the validation of a new version',
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      inlinePolicies: {
        Invoke: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [validation.function.functionArn],
            }),
          ],
        }),
      },
    });
    this.passedRoles.push(hookRole);
    return {
      deploymentStrategy: STRATEGIES[strategy],
      bakeTime: options.bakeTime ?? DEFAULT_BAKE_TIME,
      canaryConfiguration:
        strategy === 'canary' ? { ...DEFAULT_CANARY, ...options.canaryConfiguration } : undefined,
      linearConfiguration:
        strategy === 'linear' ? { ...DEFAULT_LINEAR, ...options.linearConfiguration } : undefined,
      // AWS names it for rolling and blue/green deployments only.
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html
      circuitBreaker: strategy === 'blueGreen' ? { rollback: true } : undefined,
      deploymentAlarms: alarmNames.length > 0 ? { alarmNames } : undefined,
      lifecycleHooks: [
        // Hooks of the stages that shift traffic are called again by a rollback; this one is not.
        new ecs.DeploymentLifecycleLambdaTarget(validation.function, 'Validation', {
          role: hookRole,
          lifecycleStages: [ecs.DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
        }),
      ],
    };
  }

  private alternateTarget(): ecs.AlternateTarget {
    const { groups, routes } = this.props;
    const role = new iam.Role(this, 'LoadBalancerRole', {
      description: 'ECS registers tasks and changes the rules during a release',
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInfrastructureRolePolicyForLoadBalancers'),
      ],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers]',
      reason:
        'ECS asks for this policy, and AWS has widened it six times: a copy would break releases one day. ECS alone may assume the role.',
    });
    this.passedRoles.push(role);
    return new ecs.AlternateTarget('AlternateTarget', {
      alternateTargetGroup: groups.green,
      productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(routes.productionRule),
      testListener: ecs.ListenerRuleConfiguration.applicationListenerRule(routes.testRule),
      role,
    });
  }
}

const STRATEGIES = {
  blueGreen: ecs.DeploymentStrategy.BLUE_GREEN,
  linear: ecs.DeploymentStrategy.LINEAR,
  canary: ecs.DeploymentStrategy.CANARY,
};
