import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { USERS_PORT } from './containers-stack';
import type { DeployedStack } from './stacks';

/** What a user of the service got. */
export interface Answer {
  readonly status: number;
  readonly version?: string;
  readonly address?: string;
  readonly password?: string;
}

/** Asks once, on a connection of its own. */
export async function ask(url: string): Promise<Answer> {
  const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  return { status: answer.status, ...(answer.ok ? (JSON.parse(text) as object) : {}) };
}

/** Asks again and again while something happens, and once after it; a request that gets no answer has status 0. */
export async function answersDuring(url: string, act: () => Promise<unknown>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) answers.push(await ask(url).catch(() => ({ status: 0 })));
  })();
  try {
    await act();
  } finally {
    isOver = true;
    await asking;
  }
  return [...answers, await ask(url)];
}

/** Where users of a stack's service ask: at one of the load balancer's own addresses, of which each zone has one. */
export async function usersUrl({ aws, outputs }: DeployedStack): Promise<string> {
  const { NetworkInterfaces = [] } = await aws.ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'description', Values: [`ELB ${outputs.BalancerName}`] }],
    }),
  );
  const inUse = NetworkInterfaces.filter(({ Status }) => Status === 'in-use');
  if (inUse.length !== 2) throw new Error(`the load balancer has ${inUse.length} network interfaces`);
  return `http://${inUse[0]?.PrivateIpAddress}:${USERS_PORT}/`;
}
