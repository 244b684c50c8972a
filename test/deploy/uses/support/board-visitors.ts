import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import type { DeployedStack } from '../../support/stacks';
import { loadBalancerOf } from './load-balancer';

/** What the emulator adds to a port below 1024 that its user may not take. */
const STAND_IN = 30_000;

/** Milliseconds between two requests of a visitor. */
const PAUSE = 20;

/** How many come at the same time. */
const VISITORS = 3;

/** What a visitor saw. */
export interface Sight {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly version: string;

  /** When it was there, in milliseconds. */
  readonly at: number;
}

/** Somebody who asks a listener. */
export type AskBoard = (path: string, asked?: BoardRequest) => Promise<Response>;

/** What is asked. */
export interface BoardRequest {
  /** @default GET */
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Who asks the production listener of a stack in an emulator, at an address of its load balancer. */
export async function visitorOf(stack: DeployedStack): Promise<AskBoard> {
  const { hostname, protocol } = new URL(stack.outputs.SiteUrl ?? '');
  return visitorAt(stack, hostname, protocol === 'https:' ? 443 : 80, protocol === 'https:');
}

/** Who asks a listener by a name. */
export async function visitorAt(
  stack: DeployedStack,
  servername: string,
  port: number,
  isHttps: boolean,
): Promise<AskBoard> {
  const [address] = await addressesOf(stack);
  const reached = await openPort(address ?? '', port);
  const send = isHttps ? https.request : http.request;
  return async (path, { body, headers, method = 'GET' } = {}) => {
    const asked = send({
      host: address,
      port: reached,
      path,
      method,
      servername,
      headers: { ...headers, host: servername },
      // An authority that the emulator made up for itself has signed it.
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer of ${path} within 10 s`)));
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
    const content = await buffer(answer);
    return new Response(new Uint8Array(content), {
      status: answer.statusCode,
      headers: Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    });
  };
}

/** The load balancer's own addresses, one in each zone. */
async function addressesOf(stack: DeployedStack): Promise<string[]> {
  const { LoadBalancerArn = '' } = await loadBalancerOf(stack);
  const { NetworkInterfaces = [] } = await stack.aws.ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'description', Values: [`ELB ${LoadBalancerArn.split(':loadbalancer/')[1]}`] }],
    }),
  );
  const addresses = NetworkInterfaces.flatMap(({ PrivateIpAddress = [] }) => PrivateIpAddress);
  assert.equal(addresses.length, 2);
  return addresses;
}

/** The port, or the one that stands for it where not everybody may take it on this machine. */
async function openPort(address: string, port: number): Promise<number> {
  for (const candidate of [port, port + STAND_IN]) {
    const socket = connect(candidate, address);
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return candidate;
  }
  throw new Error(`nobody listens at ${address}:${port}`);
}

/** Which version users get. */
export async function versionOf(stack: DeployedStack): Promise<string> {
  const { status, version } = await look(await visitorOf(stack));
  assert.equal(status, 200, version);
  return version;
}

/** What visitors see while something is done, each on connections that stay open. */
export async function sightsDuring(stack: DeployedStack, act: () => Promise<unknown>): Promise<Sight[][]> {
  const ask = await visitorOf(stack);
  let isOver = false;
  const visits = Array.from({ length: VISITORS }, async () => {
    const sights: Sight[] = [];
    do {
      sights.push(await look(ask));
      await pause(PAUSE);
    } while (!isOver);
    return [...sights, await look(ask)];
  });
  try {
    await act();
  } finally {
    isOver = true;
    await Promise.allSettled(visits);
  }
  return Promise.all(visits);
}

/** Shows that visitors got these versions, each of them in this order, and that no request failed. */
export function assertSeen(sights: readonly (readonly Sight[])[], versions: readonly string[]): void {
  const all = sights.flat();
  // One before, one meanwhile and one after it at least, however busy the machine is.
  for (const { length } of sights) assert.ok(length >= 3, `a visitor asked only ${length} times`);
  const failed = all.filter(({ status }) => status !== 200);
  assert.deepEqual(failed.slice(0, 3), [], `${failed.length} of ${all.length} requests failed`);
  for (const ofOne of sights) {
    const changes = ofOne.filter(({ version }, index) => version !== ofOne[index - 1]?.version);
    assert.deepEqual(
      changes.map(({ version }) => version),
      versions,
    );
  }
}

async function look(ask: AskBoard): Promise<Sight> {
  try {
    const answer = await ask('/version');
    const text = await answer.text();
    const { version = '' } = answer.ok ? (JSON.parse(text) as { version?: string }) : {};
    return { status: answer.status, version, at: Date.now() };
  } catch (error) {
    return { status: 0, version: String(error), at: Date.now() };
  }
}
