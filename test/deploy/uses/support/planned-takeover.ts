import assert from 'node:assert/strict';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { DeployedStack } from '../../support/stacks';
import { assertSucceeded, type Ended, ended, run, withShortWaits } from './executions';
import { type NextMessage, withReports } from './reports-of-topic';
import { withStandIn } from './stand-in';
import type { TwoRegions } from './two-regions';

/** Lets a region's replica tell how far it is behind: no database runs in the emulator that could. */
async function tellLag({ aws }: DeployedStack, { names }: TwoRegions, seconds: number): Promise<void> {
  await aws.cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: 'AWS/RDS',
      MetricData: [
        {
          MetricName: 'ReplicaLag',
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: names.database }],
          Unit: 'Seconds',
          Value: seconds,
        },
      ],
    }),
  );
}

/** Runs a takeover in a region whose replica is level. */
export async function takeOver(
  system: TwoRegions,
  region: DeployedStack,
  mode: 'disaster' | 'planned' = 'planned',
): Promise<Ended> {
  const level = () => tellLag(region, system, 0);
  await level();
  return run(region, 'take-over', { mode }, level);
}

/** Runs a planned takeover that ends well, and shows what it asks and tells. */
export async function completes(
  system: TwoRegions,
  region: DeployedStack,
  act: (done: Ended) => Promise<void>,
): Promise<void> {
  const { names } = system;
  await withReports(region, (next) =>
    withStandIn(region, names, async (standIn) => {
      const done = await takeOver(system, region);
      assertSucceeded(done);
      assert.deepEqual(standIn.requests, [{ host: hostOf(system), path: '/' }]);
      const report = await next(`${names.systemName}: ${region.aws.region} serves`);
      assert.match(report, /after a take-over of mode planned\./);
      assert.ok(report.endsWith(`The other region steps back: ${stepBackAfter(system, done)}`), report);
      await act(done);
    }),
  );
}

/** Shows that the other region has stepped back in an execution of the same name, and told so. */
export async function stepsBack(
  system: TwoRegions,
  region: DeployedStack,
  by: Ended,
  next: NextMessage,
  does: 'waits' | 'sleeps' = 'waits',
): Promise<Ended> {
  const { names } = system;
  const done = await withShortWaits(region, () => ended(region, stepBackAfter(system, by)));
  assertSucceeded(done);
  const report = await next(`${names.systemName}: ${region.aws.region} ${does}`);
  assert.match(report, does === 'waits' ? / and can take over\.$/ : /nothing runs there\.$/);
  return done;
}

/** The execution by which the other region steps back: of the same name as the one that asked for it. */
function stepBackAfter({ names }: TwoRegions, { arn }: Ended): string {
  const [region = '', name = ''] = [arn.split(':')[3], arn.split(':').at(-1)];
  return arn
    .replace(`:${region}:`, `:${names.otherThan(region)}:`)
    .replace(`:${names.takeOver}:${name}`, `:${names.stepBack}:${name}`);
}

/** The system's name, as clients ask for it. */
export function hostOf({ dns }: TwoRegions): string {
  return new URL(dns.outputs.Url ?? '').hostname;
}

/** Shows that some states come in an order, with others in between. */
export function inOrder(states: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(
    [...new Set(states)].filter((state) => expected.includes(state)),
    expected,
    states.join(', '),
  );
}
