import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECSClient } from '@aws-sdk/client-ecs';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { requireVariable } from '../shared/environment';
import { readDeployment } from './deployment-kind';
import { type CodeDeploySettings, releaseByCodeDeploy } from './release-by-code-deploy';
import { type ReleaseSettings, releaseByEcs } from './release-by-ecs';
import { readRequest, type StartedRelease, type StartReleaseEvent } from './release-request';

const ecs = new ECSClient(CLIENT_OPTIONS);
const codeDeploy = new CodeDeployClient(CLIENT_OPTIONS);

const settings: ReleaseSettings = {
  cluster: requireVariable('CLUSTER'),
  service: requireVariable('SERVICE'),
  containerName: requireVariable('CONTAINER_NAME'),
  command: JSON.parse(requireVariable('COMMAND')),
  repositoryUri: requireVariable('REPOSITORY_URI'),
};
const codeDeploySettings = readDeployment() === 'codeDeploy' ? readCodeDeploySettings() : undefined;

/**
 * Starts the release of an image, and does not wait for its end. Asking again under the name of the same execution starts
 * nothing again, and has the same answer.
 *
 * @throws NotOfThisRepository, NoSuchImage, NoSuchService, NoSuchContainer where repeating it is of no use
 * @throws ReleaseInProgress while another release is under way
 */
export async function handler(event: StartReleaseEvent): Promise<StartedRelease> {
  const request = readRequest(event, settings.repositoryUri);
  return codeDeploySettings
    ? releaseByCodeDeploy({ codeDeploy, ecs }, request, codeDeploySettings)
    : releaseByEcs(ecs, request, settings);
}

function readCodeDeploySettings(): CodeDeploySettings {
  const port = requireVariable('CONTAINER_PORT');
  if (!/^[1-9]\d{0,4}$/.test(port)) {
    throw new Error(`the environment variable CONTAINER_PORT is ${port}, and no port`);
  }
  return {
    ...settings,
    applicationName: requireVariable('APPLICATION'),
    deploymentGroupName: requireVariable('DEPLOYMENT_GROUP'),
    containerPort: Number(port),
    validationFunction: requireVariable('VALIDATION_FUNCTION'),
    family: requireVariable('FAMILY'),
  };
}
