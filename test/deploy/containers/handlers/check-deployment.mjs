import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { handler as check } from './check.mjs';

const codeDeploy = new CodeDeployClient();

/** Checks as for a deployment of ECS, and answers as CodeDeploy wants it. */
export async function handler({ DeploymentId, LifecycleEventHookExecutionId }) {
  const { hookStatus } = await check({ lifecycleStage: 'AfterAllowTestTraffic' });
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: hookStatus === 'SUCCEEDED' ? 'Succeeded' : 'Failed',
    }),
  );
}
