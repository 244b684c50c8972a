import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { SystemNames } from '../../../../lib/disaster-recovery/system-names';
import type { DeployedStack } from '../../support/stacks';
import { parameterIn } from './recovery-data';

/** A server that answers in the place of a region's load balancer. */
export interface StandIn {
  /** With what it answers. */
  status: number;

  /** What it was asked. */
  readonly requests: { readonly host: string | undefined; readonly path: string | undefined }[];
}

/**
 * Does something while a server of this machine answers in the place of a region's load balancer, which no request reaches
 * in the emulator, as no server boots behind it. The workflow finds it where it finds the load balancer: in the region's
 * parameter, which gets its old value back. Only for the emulator.
 */
export async function withStandIn(
  region: DeployedStack,
  { loadBalancerParameter: Name }: SystemNames,
  act: (standIn: StandIn) => Promise<void>,
): Promise<void> {
  const standIn: StandIn = { status: 200, requests: [] };
  const server = createServer(({ headers, url }, response) => {
    standIn.requests.push({ host: headers.host, path: url });
    response.writeHead(standIn.status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { Value: before } = await parameterIn(region, Name);
  assert.ok(before, `${Name} is empty`);
  const write = (Value: string) =>
    region.aws.ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
  await write(`127.0.0.1:${port}`);
  try {
    await act(standIn);
  } finally {
    await write(before);
    server.closeAllConnections();
    server.close();
  }
}
