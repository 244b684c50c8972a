import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceDeploymentStatus,
} from '@aws-sdk/client-ecs';

/** A service of ECS. */
export interface ServiceNames {
  /** Its cluster's name or ARN. */
  readonly cluster: string;

  /** Its name or ARN. */
  readonly service: string;
}

/** How many service revisions ECS describes at once. */
const AT_ONCE = 20;

/** The states of a service deployment in which it is not at its end. */
const RUNNING: readonly (ServiceDeploymentStatus | undefined)[] = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
];

/** Whether a service deployment is not at its end. */
export const isRunning = ({ status }: ServiceDeploymentBrief): boolean => RUNNING.includes(status);

/** The deployments of a service in the order in which they were made; ECS keeps them for 90 days. */
export async function listDeployments(
  client: ECSClient,
  names: ServiceNames,
): Promise<ServiceDeploymentBrief[]> {
  const deployments: ServiceDeploymentBrief[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListServiceDeploymentsCommand({ ...names, maxResults: 100, nextToken }),
    );
    deployments.push(...(page.serviceDeployments ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return deployments.sort((one, other) => timeOf(one) - timeOf(other));
}

/** The first deployment of a task definition. */
export async function deploymentOf(
  client: ECSClient,
  deployments: readonly ServiceDeploymentBrief[],
  taskDefinition: string,
): Promise<ServiceDeploymentBrief | undefined> {
  for (let first = 0; first < deployments.length; first += AT_ONCE) {
    const portion = deployments.slice(first, first + AT_ONCE);
    const serviceRevisionArns = [
      ...new Set(portion.flatMap(({ targetServiceRevisionArn: arn }) => (arn ? [arn] : []))),
    ];
    const { serviceRevisions = [] } = await client.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns }),
    );
    const revisions = new Set(
      serviceRevisions
        .filter((revision) => revision.taskDefinition === taskDefinition)
        .map(({ serviceRevisionArn }) => serviceRevisionArn),
    );
    const found = portion.find(({ targetServiceRevisionArn: arn }) => revisions.has(arn));
    if (found) return found;
  }
  return undefined;
}

/** All that ECS says of a deployment. */
export async function describeDeployment(
  client: ECSClient,
  { serviceDeploymentArn = '' }: ServiceDeploymentBrief,
): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments = [] } = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
  );
  return serviceDeployments[0];
}

/** Says which release is under way and what to do, in sentences. */
export function describeRunning({
  createdAt,
  serviceDeploymentArn: arn,
  status,
}: ServiceDeploymentBrief): string {
  return [
    `A release is under way: ${arn} of ${createdAt?.toISOString()} is ${status}.`,
    'Wait until it is at its end, or stop it with',
    `"aws ecs stop-service-deployment --service-deployment-arn ${arn} --stop-type ROLLBACK".`,
  ].join(' ');
}

const timeOf = ({ createdAt }: ServiceDeploymentBrief): number => createdAt?.getTime() ?? 0;
