import type { ECSClient, Service } from '@aws-sdk/client-ecs';
import { describeRunning, isRunning, listDeployments, type ServiceNames } from './service-deployments';
import { primaryTaskSet } from './services';
import { describeDefinition, imageIn } from './task-definitions';

const isOfCodeDeploy = ({ deploymentController }: Service): boolean =>
  deploymentController?.type === 'CODE_DEPLOY';

/**
 * The image that serves the users; undefined where the service has no tasks yet.
 *
 * @param containers names of the container, of which the first that there is counts
 * @throws Error where there is none of them
 */
export async function releasedImage(
  client: ECSClient,
  service: Service,
  containers: readonly string[],
): Promise<string | undefined> {
  const { taskDefinition } = isOfCodeDeploy(service) ? (primaryTaskSet(service) ?? {}) : service;
  if (!taskDefinition) return undefined;
  const { definition } = await describeDefinition(client, taskDefinition);
  for (const container of containers) {
    const image = imageIn(definition, container);
    if (image) return image;
  }
  const names = (definition.containerDefinitions ?? []).map(({ name }) => name).join(', ');
  throw new Error(`${taskDefinition} has no container ${containers[0]}, only ${names}.`);
}

/** Says which release of a service is under way and what to do, in sentences; undefined where there is none. */
export async function releaseUnderWay(
  client: ECSClient,
  service: Service,
  names: ServiceNames,
): Promise<string | undefined> {
  if (isOfCodeDeploy(service)) return taskSetsUnderWay(service);
  const running = (await listDeployments(client, names)).find(isRunning);
  return running && describeRunning(running);
}

/** CodeDeploy has two sets of tasks from the beginning of a release until the old tasks have ended. */
function taskSetsUnderWay({ serviceArn, taskSets = [] }: Service): string | undefined {
  if (taskSets.length < 2) return undefined;
  const deployments = [...new Set(taskSets.flatMap(({ externalId }) => (externalId ? [externalId] : [])))];
  return [
    `A release is under way: ${serviceArn} has ${taskSets.length} sets of tasks,`,
    `of the deployments ${deployments.join(' and ')}.`,
    'Wait until the old tasks have ended, or stop the newer deployment with',
    '"aws deploy stop-deployment --deployment-id ID --auto-rollback-enabled".',
  ].join(' ');
}
