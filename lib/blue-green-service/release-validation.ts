import { Duration, Stack, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerCode } from '../building-blocks/handler-code';
import { logicalIdOf } from '../building-blocks/logical-id';
import { NodeFunction, type UnboundRight } from '../building-blocks/node-function';
import type { Profile } from '../profile';
import { arnPattern } from './ecs-names';
import type { ReleasedCluster } from './released-cluster';
import type { ServiceFront } from './service-front';
import type { ValidationCheck } from './service-options';

/** Seconds in which a new version must answer as it should; ECS and CodeDeploy wait longer for the function. */
const PATIENCE = 120;

/** Properties of ReleaseValidation. */
export interface ReleaseValidationProps {
  readonly deployment: 'ecs' | 'codeDeploy';
  readonly cluster: ReleasedCluster;
  readonly front: ServiceFront;
  readonly domainName?: string;
  readonly checks: readonly ValidationCheck[];
  readonly versionPath: string;
  readonly containerName: string;
  readonly repository: ecr.IRepository;
  readonly profile: Profile;
}

/**
 * Calls the new version through the test listener before any user reaches it, at the load balancer's private addresses, in
 * all zones: the test listener needs no opening to the internet.
 */
export class ReleaseValidation extends Construct {
  /** The function; ECS or CodeDeploy calls it. */
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ReleaseValidationProps) {
    super(scope, id);
    const { cluster, deployment, front } = props;
    const isEcs = deployment === 'ecs';
    const provider = new NodeFunction(this, 'Function', {
      description: 'Calls a new version before users reach it',
      // Each by its own name, by which copies find their files.
      code: isEcs
        ? new HandlerCode('blue-green-service', 'validate-release')
        : new HandlerCode('blue-green-service', 'validate-deployment'),
      memorySize: 256,
      timeout: Duration.seconds(PATIENCE + 60),
      vpc: cluster.vpc,
      vpcSubnets: cluster.taskSubnets,
      environment: {
        LOAD_BALANCER: front.loadBalancer.loadBalancerFullName,
        TEST_PORT: Tokenization.stringifyNumber(front.testPort),
        PROTOCOL: front.protocol,
        HOST: props.domainName ?? '',
        CHECKS: Stack.of(this).toJsonString(
          props.checks.map(({ status = 200, ...check }) => ({ ...check, status })),
        ),
        VERSION_PATH: props.versionPath,
        REPOSITORY_URI: props.repository.repositoryUri,
        CONTAINER_NAME: props.containerName,
        PATIENCE_SECONDS: String(PATIENCE),
      },
      unboundRights: [FIND_ADDRESSES, ...(isEcs ? [] : [ANSWER_CODE_DEPLOY])],
      profile: props.profile,
    });
    this.function = provider.function;
    if (isEcs) {
      for (const resource of ['service', 'service-revision']) {
        provider.allowMatching(
          ['ecs:DescribeServiceRevisions'],
          arnPattern(`${resource}/<${logicalIdOf(cluster.cluster)}>/*`),
          'The service is made after this function, and each release has a revision of its own; the cluster is its own.',
        );
      }
    }
    const { connections } = this.function;
    connections.allowTo(front, ec2.Port.tcp(front.testPort), 'The test listener');
    connections.allowToAnyIpv4(ec2.Port.HTTPS, "AWS's APIs");
  }
}

const FIND_ADDRESSES: UnboundRight = {
  actions: ['ec2:DescribeNetworkInterfaces'],
  why: 'IAM binds the listing of network interfaces to no resource.',
};

const ANSWER_CODE_DEPLOY: UnboundRight = {
  actions: ['codedeploy:PutLifecycleEventHookExecutionStatus', 'ecs:DescribeTaskDefinition'],
  why: 'IAM binds neither the answers to hooks of CodeDeploy nor the reading of task definitions to a resource.',
};
