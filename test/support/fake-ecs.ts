import type {
  DeploymentControllerType,
  ServiceDeployment,
  ServiceDeploymentStatus,
  TaskSet,
} from '@aws-sdk/client-ecs';
import { FakeFailure, type FakeOperations } from './fake-operations';
import { ECS_ACCOUNT, FakeTaskDefinitions, pageOf, type Wire } from './fake-task-definitions';

export { CONTAINER, definitionArn, FAMILY } from './fake-task-definitions';

/** The names that the fake's one service has. */
export const CLUSTER = `${ECS_ACCOUNT}:cluster/board`;
export const SERVICE = `${ECS_ACCOUNT}:service/board/notices`;

/** A deployment that the fake holds, and the task definition of its target. */
export interface FakeDeployment extends Wire<ServiceDeployment> {
  taskDefinition: string;
}

/** ECS with one service, which it deploys itself unless it is told that CodeDeploy does. */
export class FakeEcs extends FakeTaskDefinitions {
  readonly deployments: FakeDeployment[] = [];
  readonly taskSets: Partial<Wire<TaskSet>>[] = [];
  readonly service = { status: 'ACTIVE', taskDefinition: '', exists: true };
  controller: DeploymentControllerType = 'ECS';

  constructor(image: string) {
    super();
    this.service.taskDefinition = this.define({ image }).taskDefinitionArn ?? '';
  }

  /** Starts a deployment, as a change of the service does. */
  deploy(taskDefinition: string, status: ServiceDeploymentStatus = 'IN_PROGRESS'): FakeDeployment {
    const id = this.deployments.length + 1;
    this.service.taskDefinition = taskDefinition;
    const deployment: FakeDeployment = {
      taskDefinition,
      serviceDeploymentArn: `${ECS_ACCOUNT}:service-deployment/board/notices/deployment-${id}`,
      targetServiceRevision: { arn: `${ECS_ACCOUNT}:service-revision/board/notices/${id}` },
      createdAt: this.tick(),
      status,
    };
    this.deployments.push(deployment);
    return deployment;
  }

  /** The deployments of a task definition. */
  deploymentsOf(taskDefinition: string): FakeDeployment[] {
    return this.deployments.filter((each) => each.taskDefinition === taskDefinition);
  }

  readonly operations: FakeOperations = {
    ...this.definitionOperations,
    DescribeServices: ({ cluster, services }) => {
      const [name] = services as string[];
      if (!this.service.exists || cluster !== CLUSTER || name !== SERVICE) {
        return { services: [], failures: [{ arn: name, reason: 'MISSING' }] };
      }
      const { status, taskDefinition } = this.service;
      const isOurs = this.controller === 'ECS';
      return {
        services: [
          {
            serviceArn: SERVICE,
            status,
            deploymentController: isOurs ? undefined : { type: this.controller },
            taskDefinition: isOurs ? taskDefinition : undefined,
            taskSets: isOurs ? undefined : this.taskSets,
          },
        ],
      };
    },
    UpdateService: ({ cluster, service, taskDefinition }) => {
      if (cluster !== CLUSTER || service !== SERVICE) throw new FakeFailure('ServiceNotFoundException');
      this.find(`${taskDefinition}`);
      this.deploy(`${taskDefinition}`);
      return { service: {} };
    },
    ListServiceDeployments: ({ cluster, maxResults = 20, nextToken = '0', service }) => {
      if (!this.service.exists || cluster !== CLUSTER || service !== SERVICE) {
        throw new FakeFailure('ServiceNotFoundException', 'Service not found.');
      }
      const briefs = this.deployments.toReversed().map((each) => ({
        serviceDeploymentArn: each.serviceDeploymentArn,
        createdAt: each.createdAt,
        status: each.status,
        targetServiceRevisionArn: each.targetServiceRevision?.arn,
      }));
      return pageOf(
        briefs,
        'serviceDeployments',
        Math.min(Number(maxResults), this.pageSize),
        `${nextToken}`,
      );
    },
    DescribeServiceDeployments: ({ serviceDeploymentArns }) => ({
      serviceDeployments: this.deployments
        .filter(({ serviceDeploymentArn: arn = '' }) => (serviceDeploymentArns as string[]).includes(arn))
        .map(({ taskDefinition, ...deployment }) => deployment),
    }),
    DescribeServiceRevisions: ({ serviceRevisionArns }) => {
      const arns = serviceRevisionArns as string[];
      if (arns.length === 0 || arns.length > 20 || new Set(arns).size < arns.length) {
        throw new FakeFailure('InvalidParameterException', 'one to 20 different service revisions');
      }
      return {
        serviceRevisions: this.deployments.flatMap(({ targetServiceRevision, taskDefinition }) => {
          const { arn = '' } = targetServiceRevision ?? {};
          if (!arns.includes(arn)) return [];
          const containers = this.find(taskDefinition).containerDefinitions ?? [];
          const containerImages = containers.map(({ image, name }) => ({ containerName: name, image }));
          return [{ serviceRevisionArn: arn, taskDefinition, containerImages }];
        }),
      };
    },
  };
}
