import { readFileSync } from 'node:fs';
import {
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { Aws } from './aws';
import type { Outputs } from './cli';
import type { EmulatorAddress } from './emulator';
import type { Unit } from './units';

/** A stack that is deployed, as its uses see it. */
export interface DeployedStack {
  readonly name: string;
  readonly aws: Aws;
  readonly outputs: Record<string, string>;

  /** The physical ids of the resources of a type. */
  idsOf(type: string): Promise<string[]>;

  /** The physical id of the resource of which the stack has one. */
  idOf(type: string): Promise<string>;
}

/** All resources of a stack. DescribeStackResources would give the first hundred. */
export async function resourcesOf(
  { cloudFormation }: Aws,
  stackName: string,
): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  const pages = paginateListStackResources({ client: cloudFormation }, { StackName: stackName });
  for await (const { StackResourceSummaries = [] } of pages) resources.push(...StackResourceSummaries);
  return resources;
}

/** A handle on a deployed stack. */
export function deployedStack(name: string, aws: Aws, outputs: Record<string, string>): DeployedStack {
  const idsOf = async (type: string) => {
    const resources = await resourcesOf(aws, name);
    return resources
      .filter(({ ResourceType }) => ResourceType === type)
      .map(({ PhysicalResourceId = '' }) => PhysicalResourceId);
  };
  return {
    name,
    aws,
    outputs,
    idsOf,
    async idOf(type) {
      const [id, ...others] = await idsOf(type);
      if (id === undefined || others.length > 0)
        throw new Error(`${name} has ${others.length + (id ? 1 : 0)} ${type}`);
      return id;
    },
  };
}

/** A handle on the unit's last stack, which the others lead to: the one that exercises get. */
export function mainStackOf(
  { id, stacks }: Unit,
  outputs: Outputs,
  connectTo: (region: string) => Aws,
): DeployedStack {
  const main = stacks.at(-1);
  if (!main) throw new Error(`${id} has no stacks`);
  return deployedStack(main.stackName, connectTo(main.region), outputs[main.stackName] ?? {});
}

/** The status of a stack; `undefined` where there is none, or no longer. */
export async function statusOf(aws: Aws, name: string): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const status = Stacks[0]?.StackStatus;
    return status === 'DELETE_COMPLETE' ? undefined : status;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** What a reader of a failed deployment wants to see: the failures among the stack's events, and the emulator's log. */
export async function explain(aws: Aws, stackName: string, { log }: EmulatorAddress): Promise<string> {
  const events = await aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName })).then(
    ({ StackEvents = [] }) =>
      StackEvents.toReversed().map(
        ({ ResourceStatus, LogicalResourceId, ResourceStatusReason = '' }) =>
          `  ${ResourceStatus} ${LogicalResourceId} ${ResourceStatusReason}`,
      ),
    (error: Error) => [`  none: ${error.message}`],
  );
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return [`events of ${stackName}:`, ...events, 'end of the log of the emulator:', ...lines.slice(-40)].join(
    '\n',
  );
}
