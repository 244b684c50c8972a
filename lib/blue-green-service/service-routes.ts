import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ReleaseState } from './release-state';
import { containerHealthCheck, type ServiceFront } from './service-front';

/** How long running requests may take to end, where nothing is said. */
const DEFAULT_DEREGISTRATION_DELAY = Duration.seconds(30);

/** Properties of ServiceGroups. */
export interface ServiceGroupsProps {
  readonly vpc: ec2.IVpc;
  readonly containerPort: number;
  readonly healthCheckPath: string;
  readonly deregistrationDelay?: Duration;
}

/** The two groups of a service's tasks, between which releases change. Neither is the one of users for good. */
export class ServiceGroups extends Construct {
  readonly blue: elbv2.ApplicationTargetGroup;
  readonly green: elbv2.ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: ServiceGroupsProps) {
    super(scope, id);
    const createGroup = (groupId: string) =>
      new elbv2.ApplicationTargetGroup(this, groupId, {
        vpc: props.vpc,
        targetType: elbv2.TargetType.IP,
        protocol: elbv2.ApplicationProtocol.HTTP,
        port: props.containerPort,
        deregistrationDelay: props.deregistrationDelay ?? DEFAULT_DEREGISTRATION_DELAY,
        healthCheck: containerHealthCheck(props.healthCheckPath),
      });
    this.blue = createGroup('Blue');
    this.green = createGroup('Green');
  }
}

/** Properties of ServiceRoutes. */
export interface ServiceRoutesProps {
  readonly front: ServiceFront;
  readonly groups: ServiceGroups;
  readonly state: ReleaseState;
  readonly pathPatterns: readonly string[];
  readonly priority: number;
}

/**
 * The rules that lead to a service's groups, for users and for testers.
 *
 * ECS and CodeDeploy swing their weights at each release, so that the template has to say what is live. Both groups stand in
 * both rules from the beginning, as ECS wants them to:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-code-deploy-to-ecs-blue-green.html
 */
export class ServiceRoutes extends Construct {
  readonly productionRule: elbv2.ApplicationListenerRule;
  readonly testRule: elbv2.ApplicationListenerRule;

  constructor(scope: Construct, id: string, props: ServiceRoutesProps) {
    super(scope, id);
    const { front, groups, state } = props;
    const { productionBlue, productionGreen, testBlue, testGreen } = state.weights;
    const createRule = (ruleId: string, listener: elbv2.ApplicationListener, blue: number, green: number) =>
      new elbv2.ApplicationListenerRule(this, ruleId, {
        listener,
        priority: props.priority,
        conditions: [elbv2.ListenerCondition.pathPatterns([...props.pathPatterns])],
        action: elbv2.ListenerAction.weightedForward([
          { targetGroup: groups.blue, weight: blue },
          { targetGroup: groups.green, weight: green },
        ]),
      });
    this.productionRule = createRule('Production', front.listener, productionBlue, productionGreen);
    this.testRule = createRule('Test', front.testListener, testBlue, testGreen);
  }
}
