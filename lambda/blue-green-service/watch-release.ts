import { CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { ECSClient, type ServiceDeployment } from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { requireVariable } from '../shared/environment';
import { readDeployment } from './deployment-kind';
import type { StartedRelease } from './release-request';
import { deploymentOf, describeDeployment, isRunning, listDeployments } from './service-deployments';

/** What is known of a release that was started. */
export interface ReleaseState {
  readonly state: 'RUNNING' | 'SUCCEEDED' | 'FAILED';

  /** How far it is, in the words of ECS or CodeDeploy. */
  readonly stage?: string;

  /** Why it failed, in sentences. */
  readonly reason?: string;
}

/** Milliseconds after which a release of which ECS has no deployment is no release. */
const PATIENCE = 15 * 60_000;

/** How AWS says that a release has lost what it belongs to. */
const GONE = [
  'ApplicationDoesNotExistException',
  'ClusterNotFoundException',
  'DeploymentDoesNotExistException',
  'ServiceNotActiveException',
  'ServiceNotFoundException',
];

const codeDeploy = new CodeDeployClient(CLIENT_OPTIONS);
const ecs = new ECSClient(CLIENT_OPTIONS);
const kind = readDeployment();
const names = { cluster: requireVariable('CLUSTER'), service: requireVariable('SERVICE') };

/** Says how a release is that `start-release` started. What it said before may be part of the event, and counts no more. */
export async function handler(release: StartedRelease): Promise<StartedRelease & ReleaseState> {
  return { ...release, stage: undefined, reason: undefined, ...(await look(release)) };
}

async function look(release: StartedRelease): Promise<ReleaseState> {
  if (release.nothingToDo) return { state: 'SUCCEEDED', stage: 'NOTHING_TO_DO' };
  try {
    return await (kind === 'codeDeploy' ? lookAtCodeDeploy(release) : lookAtEcs(release));
  } catch (error) {
    if (!(error instanceof Error) || !GONE.includes(error.name)) throw error;
    return failed(`What was to be released is gone: ${error.message}`);
  }
}

async function lookAtEcs({ startedAt = '', taskDefinition }: StartedRelease): Promise<ReleaseState> {
  const start = Date.parse(startedAt);
  if (Number.isNaN(start))
    throw new Error(`the event's startedAt is ${JSON.stringify(startedAt)}, and no time`);
  const deployments = await listDeployments(ecs, names);
  const recent = deployments.filter(({ createdAt }) => createdAt && createdAt.getTime() >= start);
  const found = await deploymentOf(ecs, recent, taskDefinition);
  const deployment = found && (await describeDeployment(ecs, found));
  if (deployment) return stateOf(deployment);
  if (Date.now() - start < PATIENCE) return { state: 'RUNNING' };
  return failed(`ECS has no deployment of ${taskDefinition}.`);
}

function stateOf(deployment: ServiceDeployment): ReleaseState {
  const { alarms, lifecycleStage, rollback, status, statusReason } = deployment;
  const stage = lifecycleStage ?? status;
  if (status === 'SUCCESSFUL') return { state: 'SUCCEEDED', stage };
  if (isRunning(deployment)) {
    return { state: 'RUNNING', stage: status === 'IN_PROGRESS' ? stage : status };
  }
  const triggered = alarms?.triggeredAlarmNames ?? [];
  return failed(
    `The deployment is ${status}.`,
    statusReason,
    rollback?.reason,
    triggered.length > 0 ? `Alarms: ${triggered.join(', ')}.` : undefined,
    deployment.serviceDeploymentArn,
  );
}

async function lookAtCodeDeploy({ deploymentId }: StartedRelease): Promise<ReleaseState> {
  if (!deploymentId) throw new Error("the event's deploymentId is missing");
  const { deploymentInfo = {} } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
  const { errorInformation, rollbackInfo, status: stage } = deploymentInfo;
  if (stage === 'Succeeded') return { state: 'SUCCEEDED', stage };
  if (stage !== 'Failed' && stage !== 'Stopped') return { state: 'RUNNING', stage };
  return failed(
    `The deployment ${deploymentId} is ${stage}.`,
    errorInformation?.message,
    rollbackInfo?.rollbackMessage,
  );
}

const failed = (...sentences: readonly (string | undefined)[]): ReleaseState => ({
  state: 'FAILED',
  reason: [...new Set(sentences)].filter(Boolean).join(' '),
});
