import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';

/** A revision of a task definition, with its tags. */
export interface DescribedDefinition {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/**
 * Reads a revision of a task definition; a family's name stands for its newest active revision.
 *
 * @throws ClientException where there is none
 */
export async function describeDefinition(client: ECSClient, name: string): Promise<DescribedDefinition> {
  const { tags = [], taskDefinition: definition } = await client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] }),
  );
  if (!definition) throw new Error(`ECS does not describe the task definition ${name}`);
  return { definition, tags };
}

/** A container's image; undefined where there is no such container. */
export const imageIn = (
  { containerDefinitions = [] }: TaskDefinition,
  container: string,
): string | undefined => containerDefinitions.find(({ name }) => name === container)?.image;
