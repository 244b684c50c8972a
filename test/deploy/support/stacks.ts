import { readFileSync } from 'node:fs';
import {
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackEvent,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { Aws } from './aws';
import type { Outputs } from './cli';
import type { EmulatorAddress } from './emulator';
import type { Unit, UnitStack } from './units';

/** A stack that is deployed, as its uses see it. */
export interface DeployedStack {
  readonly name: string;
  readonly aws: Aws;
  readonly outputs: Record<string, string>;

  /**
   * Another stack of its pattern, which may be in another region: `aws` is of that one.
   *
   * @param id the last part of the stack's id, like 'Primary' of 'DisasterRecovery/Primary'
   * @throws an error that lists the pattern's stacks where there is none of that id
   */
  stackOf(id: string): DeployedStack;

  /** The physical ids of the resources of a type, in stacks that are nested in it as well. */
  idsOf(type: string): Promise<string[]>;

  /** The physical id of the resource of which the stack has one. */
  idOf(type: string): Promise<string>;
}

/**
 * All resources of a stack, and of stacks that are nested in it, whose logical ids are those that lead there, joined by
 * '/'. DescribeStackResources would give the first hundred.
 */
export async function resourcesOf(aws: Aws, stackName: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  const pages = paginateListStackResources({ client: aws.cloudFormation }, { StackName: stackName });
  for await (const { StackResourceSummaries = [] } of pages) resources.push(...StackResourceSummaries);
  const nested = await Promise.all(
    resources.filter(isNested).map(async ({ LogicalResourceId, PhysicalResourceId = '' }) =>
      (await resourcesOf(aws, PhysicalResourceId)).map((resource) => ({
        ...resource,
        LogicalResourceId: `${LogicalResourceId}/${resource.LogicalResourceId}`,
      })),
    ),
  );
  return [...resources, ...nested.flat()];
}

function isNested({
  PhysicalResourceId,
  ResourceType,
}: Pick<StackEvent, 'PhysicalResourceId' | 'ResourceType'>): boolean {
  return ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId !== undefined;
}

/**
 * A handle on a deployed stack.
 *
 * @param stackOf gives the other stacks of its pattern
 */
export function deployedStack(
  name: string,
  aws: Aws,
  outputs: Record<string, string>,
  stackOf: DeployedStack['stackOf'] = (id) => {
    throw new Error(`${name} is alone: there is no ${id}`);
  },
): DeployedStack {
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
    stackOf,
    idsOf,
    async idOf(type) {
      const [id, ...others] = await idsOf(type);
      if (id === undefined || others.length > 0)
        throw new Error(`${name} has ${others.length + (id ? 1 : 0)} ${type}`);
      return id;
    },
  };
}

/** A handle on the unit's last stack, which the others lead to: the one that exercises get, and by it all others. */
export function mainStackOf(
  { id, stacks }: Unit,
  outputs: Outputs,
  connectTo: (region: string) => Aws,
): DeployedStack {
  const main = stacks.at(-1);
  if (!main) throw new Error(`${id} has no stacks`);
  const handleOn = ({ region, stackName }: UnitStack): DeployedStack =>
    deployedStack(stackName, connectTo(region), outputs[stackName] ?? {}, (wanted) => {
      const found = stacks.find((stack) => nameIn(stack) === wanted);
      if (!found) throw new Error(`${id} has no stack ${wanted}, but ${stacks.map(nameIn).join(', ')}`);
      return handleOn(found);
    });
  return handleOn(main);
}

const nameIn = ({ id }: UnitStack): string => id.split('/').at(-1) ?? '';

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

/**
 * What a reader of a failed deployment wants to see: the events of the stack and those nested in it, and the emulator's
 * log.
 */
export async function explain(aws: Aws, stackName: string, { log }: EmulatorAddress): Promise<string> {
  const events = await eventsOf(aws, stackName);
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return [`events of ${stackName}:`, ...events, 'end of the log of the emulator:', ...lines.slice(-40)].join(
    '\n',
  );
}

async function eventsOf(aws: Aws, stackName: string): Promise<string[]> {
  const nested = new Set<string>();
  const events = await aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName })).then(
    ({ StackEvents = [] }) =>
      StackEvents.toReversed().map((event) => {
        const { LogicalResourceId, PhysicalResourceId, ResourceStatus, ResourceStatusReason = '' } = event;
        if (isNested(event) && PhysicalResourceId !== event.StackId) nested.add(PhysicalResourceId ?? '');
        return `  ${ResourceStatus} ${LogicalResourceId} ${ResourceStatusReason}`;
      }),
    (error: Error) => [`  none: ${error.message}`],
  );
  for (const id of nested) events.push(`  events of ${id}:`, ...(await eventsOf(aws, id)));
  return events;
}
