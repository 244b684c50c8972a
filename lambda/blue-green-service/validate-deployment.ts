import {
  CodeDeployClient,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import { ECSClient } from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { readListenerSettings } from './listener-settings';
import { log } from './log';
import { reasonOf } from './reasons';
import { describeDefinition, imageIn } from './task-definitions';
import { type TimeKeeper, validate } from './validation';

/**
 * What CodeDeploy sends to a hook.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 */
export interface DeploymentHookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** What CodeDeploy is told: users get the release, or it is rolled back. */
export interface DeploymentHookAnswer {
  readonly status: 'Succeeded' | 'Failed';
}

/** Where an AppSpec of ECS, which is JSON or YAML, names the task definition. */
const TASK_DEFINITION = /arn:[\w-]+:ecs:[\w-]+:\d+:task-definition\/[\w-]+:\d+\b/;

const codeDeploy = new CodeDeployClient(CLIENT_OPTIONS);
const ecs = new ECSClient(CLIENT_OPTIONS);

/**
 * Looks at a release through the test listener before users see it, and tells CodeDeploy, which would wait for an hour
 * otherwise. That is why even a wrong environment is an answer.
 */
export async function handler(
  { DeploymentId, LifecycleEventHookExecutionId }: DeploymentHookEvent,
  context: TimeKeeper,
): Promise<DeploymentHookAnswer> {
  const passed = await look(DeploymentId, context).catch((error: unknown) => {
    log('ERROR', 'The release could not be checked', { problems: [reasonOf(error)] });
    return false;
  });
  const status = passed ? 'Succeeded' : 'Failed';
  await answer(DeploymentId, LifecycleEventHookExecutionId, status);
  return { status };
}

async function look(deploymentId: string, context: TimeKeeper): Promise<boolean> {
  const settings = readListenerSettings();
  return validate(settings, () => imageOf(deploymentId, settings.containerName), context);
}

async function imageOf(deploymentId: string, container: string): Promise<string> {
  const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
  const { description = '', revision } = deploymentInfo ?? {};
  const content = revision?.appSpecContent?.content ?? revision?.string?.content ?? description;
  const [name] = TASK_DEFINITION.exec(content) ?? [];
  if (!name) throw new Error(`the deployment ${deploymentId} names no revision of a task definition`);
  const image = imageIn((await describeDefinition(ecs, name)).definition, container);
  if (!image) throw new Error(`the task definition ${name} has no container ${container}`);
  return image;
}

async function answer(
  deploymentId: string,
  lifecycleEventHookExecutionId: string,
  status: DeploymentHookAnswer['status'],
): Promise<void> {
  try {
    await codeDeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId,
        lifecycleEventHookExecutionId,
        status,
      }),
    );
  } catch (error) {
    // Lambda calls the function again where it does not hear from it, though its answer arrived.
    if (!(error instanceof Error) || error.name !== 'LifecycleEventAlreadyCompletedException') throw error;
  }
}
