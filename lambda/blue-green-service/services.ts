import { DescribeServicesCommand, type ECSClient, type Service, type TaskSet } from '@aws-sdk/client-ecs';
import { NamedError } from '../shared/named-error';
import type { ServiceNames } from './service-deployments';

/** A service; undefined where there is none, or none any more. */
export async function findService(
  client: ECSClient,
  { cluster, service }: ServiceNames,
): Promise<Service | undefined> {
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return services.find(({ status }) => status !== 'INACTIVE');
}

/**
 * A service.
 *
 * @throws NoSuchService where there is none, or none any more
 */
export async function describeService(client: ECSClient, names: ServiceNames): Promise<Service> {
  const service = await findService(client, names);
  if (!service) {
    throw new NamedError('NoSuchService', `The service ${names.service} does not exist in ${names.cluster}.`);
  }
  return service;
}

/** The set of tasks that serves the users, where CodeDeploy deploys the service. */
export const primaryTaskSet = ({ taskSets = [] }: Service): TaskSet | undefined =>
  taskSets.find(({ status }) => status === 'PRIMARY');
