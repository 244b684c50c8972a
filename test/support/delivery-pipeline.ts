import type { Stack } from 'aws-cdk-lib';
import { DeliveryPipeline, type DeliveryPipelineProps } from '../../lib/blue-green-service/delivery-pipeline';
import { SANDBOX } from '../../lib/profile';
import { type Resource, resourcesOf, type StackTemplate, templateOfConstructs, theOnly } from './apps';
import { permissionsOf } from './fleet';
import { ContainerTarget, repositoryOf, ServerTarget } from './release-targets';

/** A connection to GitHub. */
export const CONNECTION =
  'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';

/** A repository there. */
export const GITHUB = { connectionArn: CONNECTION, repository: 'acme/board' };

/** Props that may need a stack. */
type Props = (stack: Stack) => Partial<DeliveryPipelineProps>;

/** A pipeline to containers, and to production where that is wanted. */
export function addPipeline(
  stack: Stack,
  props: Partial<DeliveryPipelineProps> = {},
  withProduction = false,
) {
  const repository = repositoryOf(stack);
  return new DeliveryPipeline(stack, 'Delivery', {
    target: new ContainerTarget(stack, 'Beta', repository),
    ...(withProduction && { production: new ContainerTarget(stack, 'Production', repository) }),
    profile: SANDBOX,
    ...props,
  });
}

/** The template of such a pipeline in the sandbox. */
export const synthesize = (propsOf: Props = () => ({}), withProduction = false) =>
  templateOfConstructs((stack) => addPipeline(stack, propsOf(stack), withProduction));

/** The template of a pipeline to servers in the sandbox. */
export const synthesizeServers = (props: Partial<DeliveryPipelineProps> = {}) =>
  templateOfConstructs(
    (stack) =>
      new DeliveryPipeline(stack, 'Delivery', {
        target: new ServerTarget(stack, 'Servers'),
        profile: SANDBOX,
        ...props,
      }),
  );

/** An action of a pipeline. */
export interface Action {
  readonly Name: string;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
  readonly InputArtifacts?: { readonly Name: string }[];
  readonly OutputArtifacts?: { readonly Name: string }[];
  readonly RoleArn: { readonly 'Fn::GetAtt': [string, string] };
  readonly RunOrder: number;
}

/** The pipeline. */
export const pipelineOf = (template: StackTemplate) => theOnly(template, 'AWS::CodePipeline::Pipeline');

/** The actions of each stage. */
export function stagesOf(template: StackTemplate): Record<string, Action[]> {
  const stages = pipelineOf(template).Properties.Stages as { Name: string; Actions: Action[] }[];
  return Object.fromEntries(stages.map(({ Actions, Name }) => [Name, Actions]));
}

/** An action that must be there. */
export function actionOf(template: StackTemplate, stage: string, name: string): Action {
  const action = stagesOf(template)[stage]?.find(({ Name }) => Name === name);
  if (!action) throw new Error(`there is no action ${name} in ${stage}`);
  return action;
}

/** A logical id without the part that tells it from others of the name. */
export const plain = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

/** A text with plain logical ids. */
export const plainText = (text: string) => text.replace(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1$2>');

/** What each role may do, by its plain logical id. */
export function rightsOf(template: StackTemplate): Record<string, [actions: string, resource: string][]> {
  return Object.fromEntries(
    Object.keys(resourcesOf(template, 'AWS::IAM::Role'))
      .filter((id) => id.startsWith('Delivery'))
      .map((id) => [
        plain(id),
        permissionsOf(template, id).map(([actions, resource]) => [actions, plainText(resource)]),
      ]),
  );
}

/** A bucket of the pipeline. */
export const bucketOf = (template: StackTemplate, name: string): Resource & { readonly id: string } => {
  const found = Object.entries(resourcesOf(template, 'AWS::S3::Bucket')).find(
    ([id]) => plain(id) === `Delivery${name}`,
  );
  if (!found) throw new Error(`there is no bucket ${name}`);
  return { id: found[0], ...found[1] };
};
