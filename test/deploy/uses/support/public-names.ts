import assert from 'node:assert/strict';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { DeployedStack } from '../../support/stacks';
import { certificate } from './distribution';
import { balancerGroupsOf, listenersOf, loadBalancer } from './load-balancer';
import { ingressOf } from './network';
import { functionIn, inBoth, twoRegions } from './two-regions';

/** Shows that both load balancers are on the internet, for everyone, behind HTTPS with a certificate of their region. */
export async function publicEntrances(stack: DeployedStack): Promise<void> {
  const { dns } = await twoRegions(stack);
  const { hostname, protocol } = new URL(dns.outputs.Url ?? '');
  assert.equal(protocol, 'https:');
  await inBoth(stack, async (region) => {
    await loadBalancer(region, { scheme: 'internet-facing', tier: 'Public' });
    assert.deepEqual(await ingressOf(region, await balancerGroupsOf(region)), [
      '0.0.0.0/0:443',
      '0.0.0.0/0:80',
    ]);
    const listeners = await listenersOf(region);
    assert.equal(listeners[443]?.Protocol, 'HTTPS');
    await certificate(region, region.aws.region, listeners[443]?.Certificates?.[0]?.CertificateArn, hostname);
    const [action, ...others] = listeners[80]?.DefaultActions ?? [];
    assert.deepEqual(
      [action?.RedirectConfig?.Protocol, action?.RedirectConfig?.Port, others],
      ['HTTPS', '443', []],
    );
  });
}

/** Shows that what looks whether a region serves asks over HTTPS, by the system's name, from outside of the network. */
export async function verifiesFromOutside(stack: DeployedStack): Promise<void> {
  const { dns } = await twoRegions(stack);
  await inBoth(stack, async (region) => {
    const { Environment, VpcConfig } = await region.aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: await functionIn(region, 'Verification') }),
    );
    const { HOST, PROTOCOL } = Environment?.Variables ?? {};
    assert.deepEqual([`${PROTOCOL}://${HOST}`, VpcConfig?.SubnetIds ?? []], [dns.outputs.Url, []]);
  });
}
