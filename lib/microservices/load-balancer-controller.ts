import { Validations } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct, type IDependable } from 'constructs';
import { LOAD_BALANCER_CONTROLLER } from '../building-blocks/versions';

/** Properties of LoadBalancerController. */
export interface LoadBalancerControllerProps {
  readonly cluster: eks.Cluster;

  /** What must be there before it, so that its pods can run; they are deleted after it. */
  readonly after: readonly IDependable[];
}

/**
 * The AWS Load Balancer Controller, which makes a load balancer for an Ingress where EKS does not do it itself. It is installed by
 * Helm at the deployment: its chart comes from aws.github.io, its image from Amazon's public registry.
 */
export class LoadBalancerController extends Construct {
  constructor(scope: Construct, id: string, { after, cluster }: LoadBalancerControllerProps) {
    super(scope, id);
    const controller = new eks.AlbController(this, 'Controller', {
      cluster,
      version: LOAD_BALANCER_CONTROLLER,
      // The default is a registry in Oregon, wherever the cluster is.
      repository: 'public.ecr.aws/eks/aws-load-balancer-controller',
    });
    controller.node.addDependency(...after);
    Validations.of(this).acknowledge(
      ...WIDE_RESOURCES.map((resource) => ({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason:
          "The controller's own policy, word for word: what it makes has names that nobody knows before, and it changes and deletes only what bears the tag of its cluster.",
      })),
    );
  }
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/#setup-iam-manually */
const WIDE_RESOURCES = [
  '*',
  'arn:<AWS::Partition>:ec2:*:*:security-group/*',
  ...[
    'targetgroup/*/*',
    'loadbalancer/net/*/*',
    'loadbalancer/app/*/*',
    'listener/net/*/*/*',
    'listener/app/*/*/*',
    'listener-rule/net/*/*/*',
    'listener-rule/app/*/*/*',
  ].map((name) => `arn:<AWS::Partition>:elasticloadbalancing:*:*:${name}`),
];
