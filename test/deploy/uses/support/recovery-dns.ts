import assert from 'node:assert/strict';
import {
  GetHealthCheckCommand,
  GetHostedZoneCommand,
  type HealthCheckConfig,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { DeployedStack } from '../../support/stacks';
import { loadBalancerOf } from './load-balancer';
import { idIn, twoRegions } from './two-regions';

/** The address records of a zone. */
export async function addressesIn(
  { aws }: DeployedStack,
  HostedZoneId: string,
): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await aws.route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId }),
  );
  return ResourceRecordSets.filter(({ Type }) => Type === 'A');
}

/** Shows that the zone is private, and that both networks see it. */
export async function privateZone(stack: DeployedStack): Promise<void> {
  const { dns, regions } = await twoRegions(stack);
  const { HostedZone, VPCs = [] } = await dns.aws.route53.send(
    new GetHostedZoneCommand({ Id: await dns.idOf('AWS::Route53::HostedZone') }),
  );
  assert.equal(HostedZone?.Config?.PrivateZone, true);
  const expected = await Promise.all(
    Object.values(regions).map(
      async (region) => `${region.aws.region} ${await region.idOf('AWS::EC2::VPC')}`,
    ),
  );
  assert.deepEqual(VPCs.map(({ VPCId, VPCRegion }) => `${VPCRegion} ${VPCId}`).sort(), expected.sort());
}

/** Shows that the name leads to the primary while it is healthy, and else to the standby, which always counts as healthy. */
export async function failoverRecords(stack: DeployedStack, zoneId: string): Promise<void> {
  const { dns, primary, standby } = await twoRegions(stack);
  const { hostname } = new URL(dns.outputs.Url ?? '');
  const records = (await addressesIn(dns, zoneId)).filter(({ Name }) => Name === `${hostname}.`);
  const found = records.map(({ AliasTarget, Failover, HealthCheckId }) => ({
    Failover,
    HealthCheckId,
    evaluated: AliasTarget?.EvaluateTargetHealth,
    to: AliasTarget?.DNSName?.toLowerCase().replace(/^dualstack\.|\.$/g, ''),
  }));
  const nameOf = async (region: DeployedStack) => (await loadBalancerOf(region)).DNSName?.toLowerCase();
  assert.deepEqual(
    found.sort((one, other) => `${one.Failover}`.localeCompare(`${other.Failover}`)),
    [
      {
        Failover: 'PRIMARY',
        HealthCheckId: (await healthChecks(stack)).healthy.id,
        evaluated: true,
        to: await nameOf(primary),
      },
      { Failover: 'SECONDARY', HealthCheckId: undefined, evaluated: false, to: await nameOf(standby) },
    ],
  );
}

/** Shows that the primary is healthy when it works, by an alarm on its servers, and when the switch is on it. */
export async function health(stack: DeployedStack, minutes: number): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  const { healthy, serving, working } = await healthChecks(stack);
  assert.deepEqual(healthy.config.ChildHealthChecks?.toSorted(), [working.id, serving.id].sort());
  assert.equal(healthy.config.HealthThreshold, 2);
  for (const [check, region, alarm, whenMissing] of [
    [working, primary, `${names.systemName}-primary-down-${minutes}m`, 'Unhealthy'],
    [serving, standby, `${names.systemName}-failed-over`, 'LastKnownStatus'],
  ] as const) {
    const { AlarmIdentifier, InsufficientDataHealthStatus } = check.config;
    assert.deepEqual(
      { AlarmIdentifier, InsufficientDataHealthStatus },
      {
        AlarmIdentifier: { Name: alarm, Region: region.aws.region },
        InsufficientDataHealthStatus: whenMissing,
      },
    );
    // Route 53 finds an alarm by its name alone: nothing but this says that there is one.
    await idIn(region, 'AWS::CloudWatch::Alarm', new RegExp(`^${alarm}$`));
  }
}

/** Shows that Route 53's checkers ask the primary's load balancer themselves, over HTTPS. */
export async function endpointHealth(stack: DeployedStack): Promise<void> {
  const { primary } = await twoRegions(stack);
  const { working } = await healthChecks(stack);
  const { FailureThreshold, FullyQualifiedDomainName, Port, RequestInterval, ResourcePath, Type } =
    working.config;
  const { DNSName } = await loadBalancerOf(primary);
  assert.deepEqual(
    { FailureThreshold, FullyQualifiedDomainName, Port, RequestInterval, ResourcePath, Type },
    {
      FailureThreshold: 3,
      FullyQualifiedDomainName: DNSName,
      Port: 443,
      RequestInterval: 30,
      ResourcePath: '/healthz',
      Type: 'HTTPS',
    },
  );
}

interface Check {
  readonly id: string;
  readonly config: HealthCheckConfig;
}

/** The health checks: what the primary's record needs, and the two that this is made of. */
async function healthChecks(stack: DeployedStack): Promise<Record<'healthy' | 'working' | 'serving', Check>> {
  const { dns } = await twoRegions(stack);
  const checks = await Promise.all(
    (await dns.idsOf('AWS::Route53::HealthCheck')).map(async (id): Promise<Check> => {
      const { HealthCheck } = await dns.aws.route53.send(new GetHealthCheckCommand({ HealthCheckId: id }));
      assert.ok(HealthCheck?.HealthCheckConfig, `Route 53 does not know ${id}`);
      return { id, config: HealthCheck.HealthCheckConfig };
    }),
  );
  const only = (what: string, matches: (config: HealthCheckConfig) => boolean) => {
    const [check, ...others] = checks.filter(({ config }) => matches(config));
    assert.ok(check && others.length === 0, `there is not one health check ${what}`);
    return check;
  };
  const isSwitch = ({ AlarmIdentifier }: HealthCheckConfig) =>
    AlarmIdentifier?.Name?.endsWith('-failed-over') === true;
  return {
    healthy: only('of both', ({ Type }) => Type === 'CALCULATED'),
    serving: only('of the switch', isSwitch),
    working: only('of the primary', (config) => config.Type !== 'CALCULATED' && !isSwitch(config)),
  };
}
