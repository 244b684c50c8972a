import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  ECSClient,
  paginateListTaskDefinitions,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../shared/client-options';

/** How many revisions ECS deletes at once. */
const AT_ONCE = 10;

/** Milliseconds that are kept for a call with all its attempts, and for the answer to CloudFormation. */
const RESERVE = 120_000;

/** ECS lets about one revision be deregistered in a second. */
const ATTEMPTS = 8;

const GONE = /does not exist|is inactive|not found/i;

/**
 * Deregisters and deletes all revisions of a family, those of releases included. What is gone is gone; tasks that run go
 * on.
 *
 * @param timeLeft milliseconds until the function is ended
 * @throws Error where the time gets short
 */
export async function forgetRevisions(family: string, timeLeft: () => number): Promise<void> {
  const client = new ECSClient({ ...CLIENT_OPTIONS, maxAttempts: ATTEMPTS });
  const checkTime = () => {
    if (timeLeft() < RESERVE) {
      throw new Error(`There are too many revisions of ${family} for one try. Delete the stack again.`);
    }
  };
  for (const arn of await list(client, family, 'ACTIVE')) {
    checkTime();
    await deregister(client, arn);
  }
  const inactive = await list(client, family, 'INACTIVE');
  for (let first = 0; first < inactive.length; first += AT_ONCE) {
    checkTime();
    await remove(client, inactive.slice(first, first + AT_ONCE));
  }
}

/** What begins like the family's name may be another family. */
async function list(client: ECSClient, family: string, status: TaskDefinitionStatus): Promise<string[]> {
  const arns: string[] = [];
  const pages = paginateListTaskDefinitions({ client }, { familyPrefix: family, status });
  for await (const { taskDefinitionArns = [] } of pages) arns.push(...taskDefinitionArns);
  return arns.filter((arn) => arn.split('/')[1]?.split(':')[0] === family);
}

async function deregister(client: ECSClient, taskDefinition: string): Promise<void> {
  try {
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  } catch (error) {
    if (!(error instanceof Error) || !GONE.test(error.message)) throw error;
  }
}

async function remove(client: ECSClient, taskDefinitions: string[]): Promise<void> {
  const { failures = [] } = await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  const [refused] = failures.filter(({ reason = '' }) => !/MISSING|NOT_FOUND/.test(reason));
  if (refused) {
    throw new Error(
      `${refused.arn} can't be deleted: ${[refused.reason, refused.detail].filter(Boolean).join(', ')}`,
    );
  }
}
