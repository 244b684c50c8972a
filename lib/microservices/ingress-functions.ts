import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { checkMinutes } from '../building-blocks/durations';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction, type UnboundRight } from '../building-blocks/node-function';
import { Problems } from '../building-blocks/problems';
import type { Profile } from '../profile';

/** Properties of LoadBalancerFinder. */
export interface LoadBalancerFinderProps {
  /** The name of the cluster whose controller makes the load balancer. */
  readonly clusterName: string;

  /** The tags that its controller gives the Ingress's load balancer, besides the cluster's: see `loadBalancerTags`. */
  readonly tags: Readonly<Record<string, string>>;

  /**
   * A text that changes whenever another load balancer may be made under the same tags, so that it is looked for anew.
   *
   * @default - it is looked for anew when the cluster or the tags change
   */
  readonly revision?: string;

  /**
   * How long the load balancer is waited for: 1 to 14 whole minutes. It takes about three.
   *
   * @default Duration.minutes(10)
   */
  readonly patience?: Duration;

  readonly profile: Profile;
}

/** Properties of RemovalWatch. */
export interface RemovalWatchProps {
  /** The name of the cluster whose controllers make load balancers. */
  readonly clusterName: string;

  /** The cluster's network. */
  readonly vpc: ec2.IVpc;

  readonly profile: Profile;
}

/** The controllers that make load balancers, as the prefixes of their tags: EKS Auto Mode, AWS Load Balancer Controller. */
export type IngressController = 'ingress.eks.amazonaws.com' | 'ingress.k8s.aws';

/** The tags that a controller gives the load balancer of an Ingress that belongs to no group. */
export function loadBalancerTags(
  controller: IngressController,
  namespace: string,
  ingress: string,
): Record<string, string> {
  return { [`${controller}/stack`]: `${namespace}/${ingress}`, [`${controller}/resource`]: 'LoadBalancer' };
}

const READ_LOAD_BALANCERS: UnboundRight = {
  actions: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'],
  why: 'IAM binds the reading of load balancers and their tags to no resource.',
};

const READ_LEFTOVERS: UnboundRight = {
  actions: [
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSecurityGroups',
    'elasticloadbalancing:DescribeTargetGroups',
  ],
  why: 'IAM binds the reading of target groups, security groups and network interfaces to no resource.',
};

/** Lambda ends a function after 15 minutes. The functions keep one for their last look and the answer. */
const MOST_PATIENCE = 14;

/** Lambda calls a function that fails twice again, with pauses. */
const SERVICE_TIMEOUT = Duration.minutes(50);

const WHY_NO_DEAD_LETTERS = 'CloudFormation itself notices when no answer comes, and says so in the stack.';

/**
 * Finds the Application Load Balancer that a cluster's controller makes for an Ingress, and waits until it is active, so that
 * names and alarms of the stack can lead to it. Let it depend on the Ingress.
 */
export class LoadBalancerFinder extends Construct {
  /** The function, its role and its log. */
  readonly handler: NodeFunction;

  /** The load balancer's name in DNS. */
  readonly dnsName: string;

  /** The hosted zone of that name, for alias records. */
  readonly canonicalHostedZoneId: string;

  /** `app/name/id`, as CloudWatch has it. */
  readonly fullName: string;

  /** The load balancer's ARN. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: LoadBalancerFinderProps) {
    super(scope, id);
    const { clusterName, patience = Duration.minutes(10), profile, revision, tags } = props;
    const problems = new Problems(this);
    checkMinutes('patience', patience, [1, MOST_PATIENCE], problems);
    problems.throwIfAny();
    this.handler = new NodeFunction(this, 'Handler', {
      memorySize: 256,
      timeout: patience.plus(Duration.minutes(1)),
      description: 'Finds the load balancer that a cluster makes',
      code: new HandlerCode('microservices', 'find-load-balancer'),
      unboundRights: [READ_LOAD_BALANCERS],
      whyNoDeadLetterQueue: WHY_NO_DEAD_LETTERS,
      profile,
    });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::LoadBalancerOfCluster',
      serviceToken: this.handler.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { ClusterName: clusterName, Tags: JSON.stringify(tags), Revision: revision },
    });
    resource.node.addDependency(this.handler);
    this.dnsName = resource.getAttString('DnsName');
    this.canonicalHostedZoneId = resource.getAttString('CanonicalHostedZoneId');
    this.fullName = resource.getAttString('FullName');
    this.arn = resource.getAttString('Arn');
  }
}

/**
 * Waits, when the stack is deleted, until a cluster's controllers have deleted the load balancers that they made, and all
 * that belongs to them: the network could not be deleted before, and nobody would do it afterwards. Let all Ingresses and
 * Services of type LoadBalancer depend on it, and let it depend on the cluster and its controllers.
 */
export class RemovalWatch extends Construct {
  /** The function, its role and its log. */
  readonly handler: NodeFunction;

  constructor(scope: Construct, id: string, { clusterName, profile, vpc }: RemovalWatchProps) {
    super(scope, id);
    this.handler = new NodeFunction(this, 'Handler', {
      memorySize: 256,
      timeout: Duration.minutes(MOST_PATIENCE + 1),
      description: 'Waits until a cluster has deleted its load balancers',
      code: new HandlerCode('microservices', 'await-removal'),
      unboundRights: [READ_LOAD_BALANCERS, READ_LEFTOVERS],
      whyNoDeadLetterQueue: WHY_NO_DEAD_LETTERS,
      profile,
    });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::RemovalOfLoadBalancers',
      serviceToken: this.handler.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { ClusterName: clusterName, VpcId: vpc.vpcId },
    });
    resource.node.addDependency(this.handler);
  }
}
