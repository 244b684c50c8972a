import {
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { DeployedStack } from '../../support/stacks';

/** The records of a name in the zone above it. */
export async function recordsOf({ aws }: DeployedStack, name: string): Promise<ResourceRecordSet[]> {
  const zoneName = name.slice(name.indexOf('.') + 1);
  const { HostedZones = [] } = await aws.route53.send(
    new ListHostedZonesByNameCommand({ DNSName: zoneName }),
  );
  const { ResourceRecordSets = [] } = await aws.route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones[0]?.Id }),
  );
  return ResourceRecordSets.filter(({ Name }) => Name === `${name}.`);
}
