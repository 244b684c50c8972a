import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';
import { forgetRevisions } from './forget-revisions';
import { releasedImage, releaseUnderWay } from './released-image';
import { type TargetGroups, weightsOf } from './rule-weights';
import { findService } from './services';
import { isRollingBack, physicalName } from './stack-resources';
import type { TimeKeeper } from './validation';

const stacks = new CloudFormationClient(CLIENT_OPTIONS);
const ecs = new ECSClient(CLIENT_OPTIONS);
const balancing = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);

/**
 * Says what a pipeline has released, so that CloudFormation puts nothing else in its place: the image, and the weights of
 * the rules. Before the first deployment these are the initial ones. While a release is under way it fails, since nobody
 * knows how that ends, unless the stack is rolling back: then it says what there is.
 *
 * When it is deleted it deletes the revisions that releases have registered, if it is told to.
 */
export async function handler(
  event: CustomResourceEvent,
  context: TimeKeeper,
): Promise<CustomResourceAnswer> {
  const { Family = '', ForgetRevisions } = event.ResourceProperties;
  return answerWith(event, Family, async () => {
    if (event.RequestType !== 'Delete') return read(event);
    if (ForgetRevisions === 'true') await forgetRevisions(Family, () => context.getRemainingTimeInMillis());
    return undefined;
  });
}

async function read(event: CustomResourceEvent): Promise<CustomResourceAnswer['Data']> {
  const {
    Command = '[]',
    InitialCommand = '[]',
    InitialImage = '',
    ProductionRule = '',
    TestRule = '',
  } = event.ResourceProperties;
  const image = (await readImage(event)) ?? InitialImage;
  const command: string[] = JSON.parse(image === InitialImage ? InitialCommand : Command);
  const groups: TargetGroups = {
    blue: valuesOf(event, 'BlueTargetGroup'),
    green: valuesOf(event, 'GreenTargetGroup'),
  };
  const production = await weightsOf(balancing, await find(event, ProductionRule), groups);
  const test = await weightsOf(balancing, await find(event, TestRule), groups);
  return {
    Image: image,
    Command: command,
    ProductionBlue: `${production.blue}`,
    ProductionGreen: `${production.green}`,
    TestBlue: `${test.blue}`,
    TestGreen: `${test.green}`,
  };
}

async function readImage(event: CustomResourceEvent): Promise<string | undefined> {
  const { Cluster = '', Service = '' } = event.ResourceProperties;
  const arn = await find(event, Service);
  if (arn === undefined) return undefined;
  const names = { cluster: Cluster, service: arn };
  const service = await findService(ecs, names);
  if (!service) return undefined;
  const underWay = await releaseUnderWay(ecs, service, names);
  if (underWay !== undefined && !(await isRollingBack(stacks, event.StackId))) {
    throw new Error(`${underWay} Then deploy again.`);
  }
  return releasedImage(ecs, service, valuesOf(event, 'ContainerName'));
}

const find = (event: CustomResourceEvent, id: string) => physicalName(stacks, event.StackId, id);

/** What a property says, and what it said before. */
function valuesOf(
  { OldResourceProperties, ResourceProperties }: CustomResourceEvent,
  name: string,
): string[] {
  return [ResourceProperties[name], OldResourceProperties?.[name]].filter((value) => value !== undefined);
}
