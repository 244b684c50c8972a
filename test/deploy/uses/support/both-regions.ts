import assert from 'node:assert/strict';
import { ListHostedZonesByNameCommand } from '@aws-sdk/client-route-53';
import type { DeployedStack } from '../../support/stacks';
import { groupOf } from './fleet';
import { FLEET_ALARMS } from './fleet-alarms';
import { alarmsNotify, dashboard } from './monitoring';
import { failoverRecords } from './recovery-dns';
import { twoRegions } from './two-regions';

/** What can go wrong with what goes from one region to the other. */
const REPLICATION = ['FilesLate', 'FilesNotReplicated', 'ReplicaLagHigh', 'ReplicationBroken'];

/** Shows how many servers each region has and may have. */
export async function capacities(stack: DeployedStack): Promise<void> {
  const { primary, standby } = await twoRegions(stack);
  for (const [region, least] of [[primary, 2] as const, [standby, 1] as const]) {
    const { DesiredCapacity, MaxSize, MinSize } = await groupOf(region);
    assert.deepEqual(
      { DesiredCapacity, MaxSize, MinSize },
      { DesiredCapacity: least, MaxSize: 6, MinSize: least },
    );
  }
}

/** Shows that the records of the private zone lead to both load balancers. */
export async function records(stack: DeployedStack): Promise<void> {
  const { dns } = await twoRegions(stack);
  await failoverRecords(stack, await dns.idOf('AWS::Route53::HostedZone'));
}

/** Shows the same of the records in the public zone. */
export async function publicRecords(stack: DeployedStack): Promise<void> {
  const { dns } = await twoRegions(stack);
  const { HostedZones = [] } = await dns.aws.route53.send(
    new ListHostedZonesByNameCommand({
      DNSName: new URL(dns.outputs.Url ?? '').hostname.replace(/^.*?\./, ''),
    }),
  );
  await failoverRecords(stack, HostedZones[0]?.Id ?? '');
}

/** Shows which alarms each region has, and that each notifies the topic of its own region. */
export async function alarms(stack: DeployedStack): Promise<void> {
  const { overview, primary, standby } = await twoRegions(stack);
  await alarmsNotify(primary, [...FLEET_ALARMS, ...REPLICATION]);
  await alarmsNotify(standby, [...FLEET_ALARMS, ...REPLICATION, 'StandbyServes', 'SwitchSilent']);
  await alarmsNotify(overview, ['PrimaryUnhealthy']);
}

/** Shows that each region's dashboard is there, and the one of both. */
export async function dashboards(stack: DeployedStack): Promise<void> {
  const { overview, primary, standby } = await twoRegions(stack);
  for (const each of [primary, standby, overview]) await dashboard(each);
}
