import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentStatus,
  GetDeploymentCommand,
  paginateListDeployments,
} from '@aws-sdk/client-codedeploy';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { NamedError } from '../shared/named-error';
import type { ReleaseSettings } from './release-by-ecs';
import type { ReleaseRequest, StartedRelease } from './release-request';
import { registerCopy, revisionFor } from './release-revisions';
import { requireImage } from './repository-image';
import { describeService, primaryTaskSet } from './services';
import { describeDefinition, imageIn } from './task-definitions';

/** What a release by CodeDeploy needs to know besides. */
export interface CodeDeploySettings extends ReleaseSettings {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly containerPort: number;

  /** The ARN of the function that looks at a release before users see it. */
  readonly validationFunction: string;

  /** The family of task definitions of which the newest revision is copied. */
  readonly family: string;
}

/** The services that are called. */
export interface CodeDeployClients {
  readonly codeDeploy: CodeDeployClient;
  readonly ecs: ECSClient;
}

const RUNNING: DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'];

/** Characters that CodeDeploy takes. */
const DESCRIPTION_LENGTH = 256;

/**
 * Releases an image to a service that CodeDeploy deploys: a copy of the family's newest revision, with another image. What
 * an earlier call for the same execution did is found by the tag of the revision and the deployment's description, and not
 * done again.
 *
 * @throws ReleaseInProgress while another release is under way
 */
export async function releaseByCodeDeploy(
  clients: CodeDeployClients,
  request: ReleaseRequest,
  settings: CodeDeploySettings,
): Promise<StartedRelease> {
  const { codeDeploy, ecs } = clients;
  const { image } = request;
  const known = await revisionFor(ecs, settings.family, request);
  if (known) {
    const description = describe(request, known.arn);
    const deploymentId = await find(codeDeploy, settings, { since: known.registeredAt, description });
    if (deploymentId) return { image, taskDefinition: known.arn, deploymentId };
  }
  const running = await find(codeDeploy, settings, { statuses: RUNNING });
  if (running) {
    throw inProgress(
      `A release is under way: ${running}. Wait until it is at its end, or stop it with "aws deploy stop-deployment --deployment-id ${running} --auto-rollback-enabled".`,
    );
  }
  const template = await describeDefinition(ecs, settings.family);
  const { taskDefinitionArn: newest = '' } = template.definition;
  const isNewest = !known && imageIn(template.definition, settings.containerName) === image;
  if (isNewest && (await serves(ecs, settings, newest))) {
    return { image, taskDefinition: newest, nothingToDo: true };
  }
  await requireImage(request, settings.repositoryUri);
  const { arn } = known ?? (await registerCopy(ecs, template, settings, request));
  return { image, taskDefinition: arn, deploymentId: await deploy(codeDeploy, request, arn, settings) };
}

async function deploy(
  client: CodeDeployClient,
  request: ReleaseRequest,
  taskDefinition: string,
  settings: CodeDeploySettings,
): Promise<string> {
  const { applicationName, deploymentGroupName } = settings;
  try {
    const { deploymentId = '' } = await client.send(
      new CreateDeploymentCommand({
        applicationName,
        deploymentGroupName,
        description: describe(request, taskDefinition),
        revision: {
          revisionType: 'AppSpecContent',
          appSpecContent: { content: appSpecOf(taskDefinition, settings) },
        },
      }),
    );
    return deploymentId;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DeploymentLimitExceededException') throw error;
    throw inProgress(`Another release was faster: ${error.message}`, error);
  }
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-example.html */
function appSpecOf(
  TaskDefinition: string,
  { containerName, containerPort, validationFunction }: CodeDeploySettings,
): string {
  const LoadBalancerInfo = { ContainerName: containerName, ContainerPort: containerPort };
  const Properties = { TaskDefinition, LoadBalancerInfo };
  const resources = JSON.stringify([{ TargetService: { Type: 'AWS::ECS::Service', Properties } }]);
  const hooks = JSON.stringify([{ AfterAllowTestTraffic: validationFunction }]);
  // JSON.stringify makes 0 of the version, which is 0.0.
  return `{"version":0.0,"Resources":${resources},"Hooks":${hooks}}`;
}

/** Names the task definition, too, which the hook looks for. */
function describe({ execution }: ReleaseRequest, taskDefinition: string): string {
  const description = `Release ${execution} of ${taskDefinition}`;
  return description.length > DESCRIPTION_LENGTH ? `Release ${execution}` : description;
}

/** Whether users are served by a revision of a task definition. */
async function serves(client: ECSClient, names: ReleaseSettings, taskDefinition: string): Promise<boolean> {
  const service = await describeService(client, names);
  return primaryTaskSet(service)?.taskDefinition === taskDefinition;
}

/** The first deployment of the group that meets all that is asked for. */
async function find(
  client: CodeDeployClient,
  { applicationName, deploymentGroupName }: CodeDeploySettings,
  { description, since, statuses }: { description?: string; since?: Date; statuses?: DeploymentStatus[] },
): Promise<string | undefined> {
  const pages = paginateListDeployments(
    { client },
    {
      applicationName,
      deploymentGroupName,
      includeOnlyStatuses: statuses,
      createTimeRange: since && { start: since },
    },
  );
  for await (const { deployments = [] } of pages) {
    for (const deploymentId of deployments) {
      if (description === undefined) return deploymentId;
      const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
      if (deploymentInfo?.description === description) return deploymentId;
    }
  }
  return undefined;
}

const inProgress = (message: string, cause?: Error): NamedError =>
  new NamedError('ReleaseInProgress', message, { cause });
