import { type ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { NamedError } from '../shared/named-error';
import type { ReleaseRequest, StartedRelease } from './release-request';
import { type ReleasedContainer, registerCopy, revisionFor } from './release-revisions';
import { requireImage } from './repository-image';
import {
  deploymentOf,
  describeRunning,
  isRunning,
  listDeployments,
  type ServiceNames,
} from './service-deployments';
import { describeService } from './services';
import { describeDefinition, imageIn } from './task-definitions';

/** What a release needs to know of its service. */
export interface ReleaseSettings extends ServiceNames, ReleasedContainer {
  readonly repositoryUri: string;
}

/**
 * Releases an image to a service that ECS deploys itself: a copy of the task definition that the service has, with another
 * image. What an earlier call for the same execution did is found by the tag of the revision, and not done again.
 *
 * @throws ReleaseInProgress while another release is under way
 */
export async function releaseByEcs(
  client: ECSClient,
  request: ReleaseRequest,
  settings: ReleaseSettings,
): Promise<StartedRelease> {
  const { image } = request;
  const { taskDefinition = '' } = await describeService(client, settings);
  const template = await describeDefinition(client, taskDefinition);
  const known = await revisionFor(client, template.definition.family ?? '', request);
  const { cluster, service } = settings;
  const deployments = await listDeployments(client, { cluster, service });
  if (known) {
    const release = { image, taskDefinition: known.arn, startedAt: known.registeredAt.toISOString() };
    const recent = deployments.filter(({ createdAt }) => createdAt && createdAt >= known.registeredAt);
    if (await deploymentOf(client, recent, known.arn)) return release;
  }
  const running = deployments.find(isRunning);
  if (running) throw new NamedError('ReleaseInProgress', describeRunning(running));
  // After a deployment that went wrong, the service may have a task definition that does not run.
  const isSettled = (deployments.at(-1)?.status ?? 'SUCCESSFUL') === 'SUCCESSFUL';
  if (!known && isSettled && imageIn(template.definition, settings.containerName) === image) {
    return { image, taskDefinition, nothingToDo: true };
  }
  await requireImage(request, settings.repositoryUri);
  const revision = known ?? (await registerCopy(client, template, settings, request));
  await client.send(new UpdateServiceCommand({ cluster, service, taskDefinition: revision.arn }));
  return { image, taskDefinition: revision.arn, startedAt: revision.registeredAt.toISOString() };
}
