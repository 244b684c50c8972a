import assert from 'node:assert/strict';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { until } from '../../support/polling';
import { type DeployedStack, deployedStack } from '../../support/stacks';
import { access } from './access';
import { addCopy } from './copies';
import { database } from './database';
import { onlyNatIsPublic } from './endpoints';
import { assertFailed, assertSucceeded, run, start, statesOf, withShortWaits } from './executions';
import { groupOf, inService } from './fleet';
import { allKept } from './kept';
import { healthyTargets, loadBalancer } from './load-balancer';
import { waysOut } from './network';
import { databaseIn, keyOf, parameterIn } from './recovery-data';
import { addressesIn } from './recovery-dns';
import { sleepingNetwork } from './recovery-network';
import { withReports } from './reports-of-topic';
import { withStandIn } from './stand-in';
import { twoRegions } from './two-regions';

const NESTED = 'AWS::CloudFormation::Stack';

/** Shows that nothing of the system runs in a standby that sleeps. */
export async function sleeps(stack: DeployedStack): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  for (const type of [
    NESTED,
    'AWS::RDS::DBInstance',
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
  ])
    assert.deepEqual(await standby.idsOf(type), [], type);
  await sleepingNetwork(stack);
  assert.equal((await parameterIn(standby, names.databaseCopyParameter)).Value, 'none');
  await leadsNowhereElse(stack);
}

/** Shows that the name can lead to the primary only. */
export async function leadsNowhereElse(stack: DeployedStack): Promise<void> {
  const { dns } = await twoRegions(stack);
  const records = await addressesIn(dns, await dns.idOf('AWS::Route53::HostedZone'));
  assert.deepEqual(
    records.map(({ Failover }) => Failover),
    ['PRIMARY'],
  );
}

/**
 * Shows that a rehearsal which is stopped in its middle, and started again, leaves a region that was built of the newest copy
 * and serves nobody. It is stopped when the load balancer is there, so that the stand-in can take its place.
 */
export async function rehearse(stack: DeployedStack): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  const { sfn } = standby.aws;
  const copy = await addCopy(stack);
  await withReports(standby, async (next) => {
    await withShortWaits(standby, async () => {
      const executionArn = await start(standby, 'take-over', { mode: 'rehearsal' });
      await until(
        'a standby that is built',
        async () => ((await statesOf(standby.aws, executionArn)).includes('Verify') ? true : undefined),
        120,
      );
      await sfn.send(new StopExecutionCommand({ executionArn }));
    });
    assert.equal((await parameterIn(standby, names.databaseCopyParameter)).Value, copy);
    await withStandIn(standby, names, async (standIn) => {
      const done = await run(standby, 'take-over', { mode: 'rehearsal' });
      assertSucceeded(done);
      assert.ok(done.states.includes('WhyNotRebuilt'), 'CloudFormation had something to do');
      assert.ok(!done.states.includes('Switch'), 'users were sent to the standby');
      assert.equal(standIn.requests.length, 1);
    });
    assert.match(await next(`${names.systemName}: ${names.standbyRegion} is awake`), /of mode rehearsal\./);
  });
  assert.equal((await parameterIn(standby, names.activeRegionParameter)).Value, names.primaryRegion);
}

/** Shows what was built: the whole of the system, from the copy, with its own way out. */
export async function awake(stack: DeployedStack, least: number): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  const { DBInstanceStatus, KmsKeyId, ReadReplicaSourceDBInstanceIdentifier } = await databaseIn(
    standby,
    names,
  );
  assert.deepEqual(
    { DBInstanceStatus, KmsKeyId, ReadReplicaSourceDBInstanceIdentifier },
    {
      DBInstanceStatus: 'available',
      KmsKeyId: await keyOf(standby, names),
      ReadReplicaSourceDBInstanceIdentifier: undefined,
    },
  );
  const group = await groupOf(standby);
  assert.equal(inService(group).length, least);
  await healthyTargets(standby);
  await database(standby);
  await access(standby);
  await loadBalancer(standby, { scheme: 'internal', tier: 'LoadBalancer' });
  await onlyNatIsPublic(standby);
  assert.equal((await waysOut(standby)).Server, 'NAT gateway');
  const { Endpoint } = await databaseIn(standby, names);
  assert.equal((await parameterIn(standby, names.databaseHostParameter)).Value, Endpoint?.Address);
}

/** Shows that a deployment leaves what a rehearsal built as it is. */
export async function stillAwake(stack: DeployedStack): Promise<void> {
  const { standby } = await twoRegions(stack);
  const nested = deployedStack(await standby.idOf(NESTED), standby.aws, {});
  await allKept(nested, [
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::EC2::SecurityGroup',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::RDS::DBInstance',
  ]);
  await awake(stack, 2);
}

/** Shows that a disaster is not answered with what a rehearsal made of an older copy, unless somebody asks for that. */
export async function oldCopy(stack: DeployedStack): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  await addCopy(stack);
  const cause = assertFailed(await run(standby, 'take-over', { mode: 'disaster' }), 'OldCopy');
  assert.match(cause, /another copy than the newest one.* Nothing was changed\./);
  assert.equal((await parameterIn(standby, names.activeRegionParameter)).Value, names.primaryRegion);
}
