import type { Stack } from 'aws-cdk-lib';
import {
  BlueGreenService,
  type BlueGreenServiceProps,
} from '../../lib/blue-green-service/blue-green-service';
import {
  BlueGreenServiceStack,
  type BlueGreenServiceStackProps,
} from '../../lib/blue-green-service/blue-green-service-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { type Resource, resourcesOf, type StackTemplate, templateOf, templateOfConstructs } from './apps';
import { REGION } from './deployed-values';
import { type Identified, named } from './resources';

/** A zone, and a name in it. */
export const DOMAIN = {
  hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  domainName: 'board.example.com',
};

/** The template of the stack, in Tokyo. */
export const synthesize = (props: BlueGreenServiceStackProps = {}): StackTemplate =>
  templateOf(
    (app) => new BlueGreenServiceStack(app, 'BlueGreenService', { env: { region: REGION }, ...props }),
  );

/** The template of the construct alone, as `Board` in Tokyo. */
export const synthesizeService = (
  propsOf: (stack: Stack) => BlueGreenServiceProps = () => ({}),
): StackTemplate => templateOfConstructs((stack) => new BlueGreenService(stack, 'Board', propsOf(stack)));

/** A stack with containers, and what was asked for. */
export interface Variant {
  readonly template: StackTemplate;
  readonly profile: Profile;
  readonly deployment: 'ecs' | 'codeDeploy';
}

/** Both controllers in both profiles. */
export function synthesizeVariants(): Record<
  'ecs' | 'ecsSandbox' | 'codeDeploy' | 'codeDeploySandbox',
  Variant
> {
  const variant = (deployment: Variant['deployment'], profile: Profile): Variant => ({
    template: synthesize({ deployment, profile }),
    deployment,
    profile,
  });
  return {
    ecs: variant('ecs', PRODUCTION),
    ecsSandbox: variant('ecs', SANDBOX),
    codeDeploy: variant('codeDeploy', PRODUCTION),
    codeDeploySandbox: variant('codeDeploy', SANDBOX),
  };
}

/** A container of a task definition. */
export interface Container {
  readonly Name: string;
  readonly Image: unknown;
  readonly Command?: unknown;
  readonly User?: string;
  readonly Essential: boolean;
  readonly ReadonlyRootFilesystem?: boolean;
  readonly StopTimeout?: number;
  readonly PortMappings?: unknown[];
  readonly Environment?: { readonly Name: string; readonly Value: unknown }[];
  readonly Secrets?: { readonly Name: string; readonly ValueFrom: unknown }[];
  readonly LogConfiguration: { readonly Options: Readonly<Record<string, unknown>> };
}

/** The parts of a service by the words before them in their ids, `Service` for the one of all paths. */
export function partsOf(template: StackTemplate, service = 'Service') {
  const part = (type: string, words: string) => named(template, type, `${service}${words}`);
  const taskDefinition = part('AWS::ECS::TaskDefinition', 'TaskDefinition');
  const [container, ...others] = taskDefinition.Properties.ContainerDefinitions as Container[];
  if (!container) throw new Error('the task definition has no container');
  return {
    taskDefinition,
    container,
    others,
    service: part('AWS::ECS::Service', 'FargateService'),
    state: part('Custom::ReleaseState', 'ReleaseState'),
    blue: part('AWS::ElasticLoadBalancingV2::TargetGroup', 'GroupsBlue'),
    green: part('AWS::ElasticLoadBalancingV2::TargetGroup', 'GroupsGreen'),
    productionRule: part('AWS::ElasticLoadBalancingV2::ListenerRule', 'RoutesProduction'),
    testRule: part('AWS::ElasticLoadBalancingV2::ListenerRule', 'RoutesTest'),
    validation: part('AWS::Lambda::Function', 'ValidationFunction'),
    starter: part('AWS::Lambda::Function', 'ReleaseStartFunction'),
    watcher: part('AWS::Lambda::Function', 'ReleaseLookFunction'),
    workflow: part('AWS::StepFunctions::StateMachine', 'ReleaseStateMachine'),
  };
}

/** The variables of a function. */
export const variablesOf = ({ Properties }: Resource): Record<string, unknown> =>
  (Properties.Environment as { Variables: Record<string, unknown> }).Variables;

/** The logical id of the role that a function has. */
export const roleOf = ({ Properties }: Resource): string =>
  (Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];

/** The listeners of the load balancer by port. */
export function listenersOf(template: StackTemplate): Record<string, Identified> {
  return Object.fromEntries(
    Object.entries(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')).map(([id, listener]) => [
      String(listener.Properties.Port),
      { id, ...listener },
    ]),
  );
}

/** The stages of the pipeline: each action's name and provider. */
export function stagesOf(template: StackTemplate): Record<string, string[]> {
  return Object.fromEntries(
    stageListOf(template).map(({ Actions, Name }) => [
      Name,
      Actions.map((action) => `${action.Name} ${action.ActionTypeId.Provider}`),
    ]),
  );
}

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
  readonly InputArtifacts?: { readonly Name: string }[];
}

function stageListOf(template: StackTemplate): { Name: string; Actions: Action[] }[] {
  const [pipeline] = Object.values(resourcesOf(template, 'AWS::CodePipeline::Pipeline'));
  return pipeline?.Properties.Stages as { Name: string; Actions: Action[] }[];
}

/** An action of the pipeline. */
export function actionOf(template: StackTemplate, stage: string, name: string): Action {
  const actions = stageListOf(template).find(({ Name }) => Name === stage)?.Actions ?? [];
  const action = actions.find(({ Name }) => Name === name);
  if (!action) throw new Error(`the stage ${stage} has no action ${name}`);
  return action;
}
