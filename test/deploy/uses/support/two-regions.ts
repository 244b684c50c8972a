import assert from 'node:assert/strict';
import { SystemNames } from '../../../../lib/disaster-recovery/system-names';
import { type DeployedStack, resourcesOf } from '../../support/stacks';

/** A system in two regions, as its exercises see it. */
export interface TwoRegions {
  readonly names: SystemNames;

  /** The stack of the region that serves at first. */
  readonly primary: DeployedStack;

  /** Both stacks of the region that takes over, as if they were one. */
  readonly standby: DeployedStack;

  /** Both regions, by what they are called in messages. */
  readonly regions: Readonly<Record<'primary' | 'standby', DeployedStack>>;

  /** The stack of the names. */
  readonly dns: DeployedStack;

  /** The stack in us-east-1. */
  readonly overview: DeployedStack;
}

/** The parts of a system, by any of its stacks. */
export async function twoRegions(stack: DeployedStack): Promise<TwoRegions> {
  const primary = stack.stackOf('Primary');
  const standby = together(stack.stackOf('Standby'), stack.stackOf('StandbyBase'));
  const workflow = await idIn(primary, 'AWS::StepFunctions::StateMachine', /-take-over$/);
  const names = new SystemNames({
    systemName: /([^:]+)-take-over$/.exec(workflow)?.[1] ?? '',
    primaryRegion: primary.aws.region,
    standbyRegion: standby.aws.region,
  });
  return {
    names,
    primary,
    standby,
    regions: { primary, standby },
    dns: stack.stackOf('Dns'),
    overview: stack.stackOf('Overview'),
  };
}

/** Does the same in both regions. */
export async function inBoth(
  stack: DeployedStack,
  act: (region: DeployedStack) => Promise<void>,
): Promise<void> {
  for (const [which, region] of Object.entries((await twoRegions(stack)).regions)) {
    await act(region).catch((error: unknown) => {
      throw new Error(`${which}: ${error instanceof Error ? error.message : error}`, { cause: error });
    });
  }
}

/** The physical id of the only resource of a type whose id matches. */
export async function idIn({ idsOf, name }: DeployedStack, type: string, pattern: RegExp): Promise<string> {
  const [id, ...others] = (await idsOf(type)).filter((candidate) => pattern.test(candidate));
  assert.ok(id !== undefined && others.length === 0, `${name} has not one ${type} ${pattern}`);
  return id;
}

/** The name of the only function whose logical id begins with a word. */
export async function functionIn({ aws, name }: DeployedStack, logicalId: string): Promise<string> {
  const [found, ...others] = (await resourcesOf(aws, name)).filter(
    ({ LogicalResourceId = '', ResourceType }) =>
      ResourceType === 'AWS::Lambda::Function' && LogicalResourceId.startsWith(logicalId),
  );
  assert.ok(found?.PhysicalResourceId && others.length === 0, `${name} has not one function ${logicalId}`);
  return found.PhysicalResourceId;
}

/** Two stacks as one, with the name and the outputs of the first. */
function together(main: DeployedStack, other: DeployedStack): DeployedStack {
  const idsOf = async (type: string) => [...(await main.idsOf(type)), ...(await other.idsOf(type))];
  return {
    ...main,
    idsOf,
    async idOf(type) {
      const [id, ...others] = await idsOf(type);
      if (id === undefined || others.length > 0)
        throw new Error(`${main.name} and ${other.name} have ${others.length + (id ? 1 : 0)} ${type}`);
      return id;
    },
  };
}
