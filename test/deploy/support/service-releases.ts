import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DeployedStack } from './stacks';

/** The cluster and the service of a stack, as ECS is asked for them. */
export async function serviceIds(stack: DeployedStack): Promise<{ cluster: string; services: [string] }> {
  return {
    cluster: await stack.idOf('AWS::ECS::Cluster'),
    services: [await stack.idOf('AWS::ECS::Service')],
  };
}

/** The deployments of the service, the newest first. */
export async function deployments(stack: DeployedStack): Promise<ServiceDeployment[]> {
  const { cluster, services } = await serviceIds(stack);
  const listed = await stack.aws.ecs.send(
    new ListServiceDeploymentsCommand({ cluster, service: services[0] }),
  );
  const serviceDeploymentArns = (listed.serviceDeployments ?? []).map(
    ({ serviceDeploymentArn = '' }) => serviceDeploymentArn,
  );
  const { serviceDeployments = [] } = await stack.aws.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
  );
  return serviceDeployments;
}

/** A revision of what the service runs, which says that it is another version. */
export async function copyFor(stack: DeployedStack, version: string): Promise<string> {
  const { services = [] } = await stack.aws.ecs.send(new DescribeServicesCommand(await serviceIds(stack)));
  const { taskDefinition } = await stack.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services[0]?.taskDefinition }),
  );
  const {
    family,
    containerDefinitions = [],
    executionRoleArn,
    taskRoleArn,
    cpu,
    memory,
  } = taskDefinition ?? {};
  const copy = await stack.aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      executionRoleArn,
      taskRoleArn,
      cpu,
      memory,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: containerDefinitions.map((container) => ({
        ...container,
        environment: [{ name: 'VERSION', value: version }],
      })),
    }),
  );
  return copy.taskDefinition?.taskDefinitionArn ?? '';
}

/** The weights of the groups in the rule of the users and in that of the test. */
export async function weights(stack: DeployedStack): Promise<(number | undefined)[][]> {
  const RuleArns = await stack.idsOf('AWS::ElasticLoadBalancingV2::ListenerRule');
  const { Rules = [] } = await stack.aws.elb.send(new DescribeRulesCommand({ RuleArns }));
  return Rules.map(
    ({ Actions = [] }) => Actions[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight) ?? [],
  );
}
