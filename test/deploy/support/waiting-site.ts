import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { CampaignSiteStack } from '../../../lib/campaign-site/campaign-site-stack';
import { SANDBOX } from '../../../lib/profile';
import { theOnly } from '../../support/apps';
import type { Aws } from './aws';
import { until } from './polling';
import { type SynthesizedApp, synthesizeApp } from './units';
import { WAIT_FOR_SIGNALS, type WaitingServer } from './waiting-server';

/**
 * A campaign site whose server waits for the signal of its first boot, as on AWS. Without the tag the launcher gives
 * the signal itself, since no machine boots in the emulator.
 */
export function synthesizeWaitingSite(stackName: string): SynthesizedApp {
  return synthesizeApp((app) => {
    new CampaignSiteStack(app, stackName, { profile: SANDBOX, tags: WAIT_FOR_SIGNALS });
  });
}

/** The server of a site that is being deployed, as soon as EC2 has it; the stack itself learns its id later. */
export async function waitingServer({ ec2 }: Aws, { units }: SynthesizedApp): Promise<WaitingServer> {
  const [stack] = units.flatMap(({ stacks }) => stacks);
  if (!stack) throw new Error('there is no stack');
  const { id: logicalId } = theOnly(stack.template, 'AWS::EC2::Instance');
  const name = `${stack.id}/CampaignSite/WebServer/Instance`;
  const instanceId = await until(`a server in ${stack.stackName}`, async () => {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'tag:Name', Values: [name] }] }),
    );
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    return instances.find(({ State }) => State?.Name === 'running')?.InstanceId;
  });
  return { instanceId, logicalId };
}
