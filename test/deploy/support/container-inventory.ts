import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import {
  ListClustersCommand,
  paginateListServices,
  paginateListTaskDefinitions,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import type { Aws } from './aws';

type List = Promise<(string | undefined)[] | undefined>;

/** What runs containers in an account and region, and what they are made of, by kind. */
export function containerLists(aws: Aws): Record<string, List> {
  const { ecr, ecs } = aws;
  const clusters = ecs.send(new ListClustersCommand({})).then(({ clusterArns = [] }) => clusterArns);
  const ofClusters = async (list: (cluster: string) => Promise<string[]>) =>
    (await Promise.all((await clusters).map(list))).flat();
  return {
    cluster: clusters,
    service: ofClusters((cluster) => servicesIn(aws, cluster)),
    task: ofClusters((cluster) => tasksIn(aws, cluster)),
    // Also those that are no longer active: they stay until somebody deletes them.
    'task definition': revisionsOf(aws),
    'image repository': ecr
      .send(new DescribeRepositoriesCommand({}))
      .then(({ repositories }) => repositories?.map(({ repositoryName }) => repositoryName)),
  };
}

async function servicesIn({ ecs: client }: Aws, cluster: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const page of paginateListServices({ client }, { cluster }))
    arns.push(...(page.serviceArns ?? []));
  return arns;
}

async function tasksIn({ ecs: client }: Aws, cluster: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const page of paginateListTasks({ client }, { cluster })) arns.push(...(page.taskArns ?? []));
  return arns;
}

async function revisionsOf({ ecs: client }: Aws): Promise<string[]> {
  const arns: string[] = [];
  for (const status of ['ACTIVE', 'INACTIVE'] as const)
    for await (const page of paginateListTaskDefinitions({ client }, { status }))
      arns.push(...(page.taskDefinitionArns ?? []));
  return arns;
}
