import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { frontOf } from './desk';
import { certificate } from './distribution';
import { view } from './viewer';
import { recordsOf } from './zone';

/** Shows that a name leads to the distribution, which has a certificate for it and answers to it. */
export async function siteName(stack: DeployedStack, expected: string): Promise<void> {
  const { hostname, protocol } = new URL(stack.outputs.SiteUrl ?? '');
  assert.deepEqual([protocol, hostname], ['https:', expected]);
  const { config, name } = await frontOf(stack);
  const records = await recordsOf(stack, hostname);
  assert.deepEqual(
    records.map(({ AliasTarget, Type }) => [Type, AliasTarget?.DNSName?.replace(/\.$/, '')]).sort(),
    [
      ['A', name],
      ['AAAA', name],
    ],
  );
  assert.deepEqual(config.Aliases?.Items, [hostname]);
  const { ACMCertificateArn, MinimumProtocolVersion, SSLSupportMethod } = config.ViewerCertificate ?? {};
  assert.deepEqual([MinimumProtocolVersion, SSLSupportMethod], ['TLSv1.2_2021', 'sni-only']);
  await certificate(stack, 'us-east-1', ACMCertificateArn, hostname);
  assert.equal((await view(stack.aws, hostname, '/')).status, 200);
}
