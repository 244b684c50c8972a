import {
  type ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { NamedError } from '../shared/named-error';
import type { ReleaseRequest } from './release-request';
import { type DescribedDefinition, describeDefinition, imageIn } from './task-definitions';

/** A revision that was registered for a release. */
export interface ReleaseRevision {
  readonly arn: string;
  readonly registeredAt: Date;
}

/** The container that a release gives another image. */
export interface ReleasedContainer {
  readonly containerName: string;

  /** What the image is started with; empty for its own command. The placeholder has one that no other image can have. */
  readonly command: readonly string[];
}

/** The tag by which a release knows the revision that it registered. */
const EXECUTION_TAG = 'ReleaseExecution';

/** How many releases may come between a release and its repetition. */
const LOOK_BACK = 10;

/** The revision that was registered for this release when it was asked for before. */
export async function revisionFor(
  client: ECSClient,
  family: string,
  { execution }: ReleaseRequest,
): Promise<ReleaseRevision | undefined> {
  const { taskDefinitionArns = [] } = await client.send(
    new ListTaskDefinitionsCommand({
      familyPrefix: family,
      status: 'ACTIVE',
      sort: 'DESC',
      maxResults: LOOK_BACK,
    }),
  );
  for (const arn of taskDefinitionArns) {
    const { definition, tags } = await describeDefinition(client, arn);
    if (tags.some(({ key, value }) => key === EXECUTION_TAG && value === execution)) {
      return revisionOf(definition);
    }
  }
  return undefined;
}

/**
 * Registers a copy of a task definition with another image and the command for it.
 *
 * @throws NoSuchContainer where the task definition has no container of that name
 */
export async function registerCopy(
  client: ECSClient,
  { definition, tags }: DescribedDefinition,
  { command, containerName }: ReleasedContainer,
  { execution, image }: ReleaseRequest,
): Promise<ReleaseRevision> {
  const { containerDefinitions = [], family = '', taskDefinitionArn } = definition;
  if (imageIn(definition, containerName) === undefined) {
    throw new NamedError('NoSuchContainer', `${taskDefinitionArn} has no container ${containerName}.`);
  }
  const { taskDefinition = {} } = await client.send(
    new RegisterTaskDefinitionCommand({
      // Of what a description holds, the client sends what a registration may hold.
      ...definition,
      family,
      containerDefinitions: containerDefinitions.map((each) =>
        each.name === containerName ? { ...each, image, command: [...command] } : each,
      ),
      tags: [
        // Nobody but AWS may give tags of its own.
        ...tags.filter(({ key = '' }) => key !== EXECUTION_TAG && !key.startsWith('aws:')),
        { key: EXECUTION_TAG, value: execution },
      ],
    }),
  );
  return revisionOf(taskDefinition);
}

function revisionOf({ registeredAt, taskDefinitionArn: arn }: TaskDefinition): ReleaseRevision {
  if (!arn || !registeredAt) throw new Error('ECS says neither what it registered nor when');
  return { arn, registeredAt };
}
