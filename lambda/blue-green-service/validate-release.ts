import { DescribeServiceRevisionsCommand, ECSClient } from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { readListenerSettings } from './listener-settings';
import { type TimeKeeper, validate } from './validation';

/**
 * What ECS sends to a lifecycle hook, as far as it is needed.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
export interface LifecycleHookEvent {
  readonly executionDetails: { readonly targetServiceRevisionArn: string };
}

/** What ECS is told: users get the release, or it is rolled back. */
export interface LifecycleHookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED';
}

const settings = readListenerSettings();
const client = new ECSClient(CLIENT_OPTIONS);

/** Looks at a release through the test listener before users see it. */
export async function handler(event: LifecycleHookEvent, context: TimeKeeper): Promise<LifecycleHookAnswer> {
  const { targetServiceRevisionArn } = event.executionDetails;
  const passed = await validate(settings, () => imageOf(targetServiceRevisionArn), context);
  return { hookStatus: passed ? 'SUCCEEDED' : 'FAILED' };
}

async function imageOf(revision: string): Promise<string> {
  const { serviceRevisions = [] } = await client.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
  );
  const images = serviceRevisions.flatMap(({ containerImages = [] }) => containerImages);
  const image = images.find(({ containerName }) => containerName === settings.containerName)?.image;
  if (!image) throw new Error(`the service revision ${revision} has no container ${settings.containerName}`);
  return image;
}
