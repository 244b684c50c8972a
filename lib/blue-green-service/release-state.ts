import { createHash } from 'node:crypto';
import {
  Aws,
  type CfnElement,
  CustomResource,
  Duration,
  Lazy,
  RemovalPolicy,
  Stack,
  Token,
} from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { HandlerCode } from '../building-blocks/handler-code';
import { logicalIdOf } from '../building-blocks/logical-id';
import { NodeFunction, type UnboundRight } from '../building-blocks/node-function';
import type { Profile } from '../profile';
import { arnPattern, type Family } from './ecs-names';
import { FIRST_COMMAND, FIRST_IMAGE } from './first-image';

/** Resources of CloudFormation whose live state is asked for, or that are made of it. */
export interface ReleasedResources {
  readonly service: CfnElement;
  readonly productionRule: CfnElement;
  readonly testRule: CfnElement;
  readonly taskDefinition: CfnElement;
}

/** Properties of ReleaseState. */
export interface ReleaseStateProps {
  readonly cluster: ecs.Cluster;
  readonly containerName: string;

  /** The command of released images; empty for the images' own. */
  readonly command: readonly string[];
  readonly blueTargetGroup: elbv2.IApplicationTargetGroup;
  readonly greenTargetGroup: elbv2.IApplicationTargetGroup;

  /** The family of the task definitions. */
  readonly family: Family;

  /** What depends on the answers; it is made after this. */
  readonly resources: () => ReleasedResources;
  readonly profile: Profile;
}

/**
 * What was released since the last deployment of the stack: the image that the service runs, and to which of the two groups
 * its rules lead.
 *
 * ECS and CodeDeploy change both behind CloudFormation's back. As soon as an update touches the rules, the service or its
 * task definition, CloudFormation writes what its template says of them, which would be the image and the group of the first
 * day (https://github.com/aws/aws-cdk/issues/36649). So the template says this resource's answers. It is asked anew by each
 * update that touches one of them, tags included, and refuses the update while a release is on its way.
 */
export class ReleaseState extends Construct {
  /** The image that the service runs; before the first release the placeholder. */
  readonly image: string;

  /** The command that the image is started with. */
  readonly command: string[];

  /** The weights of the two groups in the production rule and in the test rule. */
  readonly weights: Record<'productionBlue' | 'productionGreen' | 'testBlue' | 'testGreen', number>;

  constructor(scope: Construct, id: string, props: ReleaseStateProps) {
    super(scope, id);
    const { cluster, family, profile } = props;
    const stack = Stack.of(this);
    const forgetRevisions = profile.removalPolicy === RemovalPolicy.DESTROY;
    const provider = this.createProvider(props, forgetRevisions);
    const logicalId = (resource: (all: ReleasedResources) => CfnElement) =>
      Lazy.string({ produce: () => stack.getLogicalId(resource(props.resources())) });
    const state: CustomResource = new CustomResource(this, 'State', {
      resourceType: 'Custom::ReleaseState',
      serviceToken: provider.function.functionArn,
      properties: {
        Cluster: cluster.clusterArn,
        Service: logicalId(({ service }) => service),
        ProductionRule: logicalId(({ productionRule }) => productionRule),
        TestRule: logicalId(({ testRule }) => testRule),
        BlueTargetGroup: props.blueTargetGroup.targetGroupArn,
        GreenTargetGroup: props.greenTargetGroup.targetGroupArn,
        ContainerName: props.containerName,
        InitialImage: FIRST_IMAGE,
        InitialCommand: JSON.stringify(FIRST_COMMAND),
        Command: JSON.stringify(props.command),
        Family: family.name,
        ForgetRevisions: String(forgetRevisions),
        Fingerprint: Lazy.uncachedString({ produce: () => fingerprint(stack, props.resources()) }),
        // What is replaced, and parameters, have other values under the same names.
        Uses: Lazy.uncachedAny({ produce: () => usesOf(stack, props.resources(), state) }),
      },
    });
    state.node.addDependency(provider);
    this.image = state.getAttString('Image');
    this.command = Token.asList(state.getAtt('Command'));
    const weight = (name: string) => Token.asNumber(state.getAtt(name));
    this.weights = {
      productionBlue: weight('ProductionBlue'),
      productionGreen: weight('ProductionGreen'),
      testBlue: weight('TestBlue'),
      testGreen: weight('TestGreen'),
    };
  }

  private createProvider(
    { cluster, family, profile }: ReleaseStateProps,
    forgetRevisions: boolean,
  ): NodeFunction {
    const provider = new NodeFunction(this, 'Function', {
      description: 'Tells a deployment of the stack what was released',
      code: new HandlerCode('blue-green-service', 'release-state'),
      memorySize: 256,
      // As long as it takes to delete what years of releases have registered.
      timeout: Duration.minutes(15),
      unboundRights: [READ_RULES_AND_DEFINITIONS, ...(forgetRevisions ? [FORGET_DEFINITIONS] : [])],
      profile,
    });
    provider.allow(['cloudformation:DescribeStackResource', 'cloudformation:DescribeStacks'], [Aws.STACK_ID]);
    provider.allowMatching(
      ['ecs:DescribeServices', 'ecs:ListServiceDeployments'],
      arnPattern(`service/<${logicalIdOf(cluster)}>/*`),
      'The service is made after this function, which its name therefore can not be told; the cluster is its own.',
    );
    if (forgetRevisions) {
      provider.allowMatching(
        ['ecs:DeleteTaskDefinitions'],
        arnPattern(`task-definition/${family.pattern}:*`),
        'Each release has a revision of its own; the family is this service alone.',
      );
    }
    return provider;
  }
}

const READ_RULES_AND_DEFINITIONS: UnboundRight = {
  actions: ['ecs:DescribeTaskDefinition', 'elasticloadbalancing:DescribeRules'],
  why: 'IAM binds the reading of rules and task definitions to no resource.',
};

const FORGET_DEFINITIONS: UnboundRight = {
  actions: ['ecs:DeregisterTaskDefinition', 'ecs:ListTaskDefinitions'],
  why: 'IAM binds neither the listing nor the deregistration of task definitions to a resource.',
};

/** What the template says of resources. */
const templatesOf = (stack: Stack, resources: ReleasedResources): unknown[] =>
  Object.values(resources).map((resource: Templated) => stack.resolve(resource._toCloudFormation?.()));

/** Another text whenever the template says something else of what depends on the answers. */
function fingerprint(stack: Stack, resources: ReleasedResources): string {
  return createHash('sha256')
    .update(JSON.stringify([templatesOf(stack, resources), stack.resolve(stack.tags.renderTags())]))
    .digest('hex')
    .slice(0, 16);
}

/** What depends on the answers is made of: all values that only CloudFormation knows, but those of each other. */
function usesOf(stack: Stack, resources: ReleasedResources, state: CustomResource): unknown[] {
  const made = [...Object.values(resources), state.node.defaultChild as CfnElement].map((resource) =>
    stack.getLogicalId(resource),
  );
  const used = intrinsicsIn(templatesOf(stack, resources)).map((intrinsic) => JSON.stringify(intrinsic));
  return [...new Set(used)]
    .filter((text) => !made.some((id) => text.includes(`"${id}"`)))
    .map((text): unknown => JSON.parse(text));
}

/** The outermost intrinsic functions in a value. */
function intrinsicsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const [key = '', ...others] = Object.keys(value);
  if (others.length === 0 && /^(?:Ref|Fn::\w+)$/.test(key)) return [value];
  return Object.values(value).flatMap(intrinsicsIn);
}

/** What aws-cdk-lib's own Lambda versions are made of, too: there is no public way to a single resource's template. */
type Templated = CfnElement & { _toCloudFormation?(): object };
