import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { visitorAt } from './board-visitors';
import { certificate } from './distribution';
import { listenersOf, loadBalancerOf } from './load-balancer';
import { withImages } from './release-workflow';
import { recordsOf } from './zone';

/** Shows that a name leads to the load balancer, both of whose listeners have a certificate for it. */
export async function boardName(stack: DeployedStack, expected: string): Promise<void> {
  const { hostname, protocol } = new URL(stack.outputs.SiteUrl ?? '');
  assert.deepEqual([protocol, hostname], ['https:', expected]);
  const { DNSName = '' } = await loadBalancerOf(stack);
  const [record, ...others] = await recordsOf(stack, hostname);
  assert.deepEqual(others, []);
  assert.equal(
    record?.AliasTarget?.DNSName?.replace(/^dualstack\.|\.$/g, '').toLowerCase(),
    DNSName.toLowerCase(),
  );
  const listeners = await listenersOf(stack);
  for (const port of [443, 8443]) {
    assert.equal(listeners[port]?.Protocol, 'HTTPS', `${port}`);
    const { aws } = stack;
    await certificate(stack, aws.region, listeners[port]?.Certificates?.[0]?.CertificateArn, hostname);
  }
}

/** Shows that HTTP leads to HTTPS, on the name that was asked for. */
export const redirected = withImages(async (stack) => {
  const { hostname } = new URL(stack.outputs.SiteUrl ?? '');
  const ask = await visitorAt(stack, hostname, 80, false);
  const answer = await ask('/notices?limit=1');
  assert.equal(answer.status, 301);
  assert.equal(answer.headers.get('location'), `https://${hostname}:443/notices?limit=1`);
});
