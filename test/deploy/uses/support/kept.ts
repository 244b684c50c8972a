import assert from 'node:assert/strict';
import { paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import type { DeployedStack } from '../../support/stacks';

/** Shows that the resources of some types that are there have been the same ever since they were made. */
export async function kept(stack: DeployedStack, types: readonly string[]): Promise<void> {
  const past = await pastOf(stack, types);
  const present = (await Promise.all(types.map(stack.idsOf))).flat();
  assert.ok(present.length > 0);
  for (const id of present) {
    const its = past.find((ids) => ids.has(id));
    assert.deepEqual([...(its ?? [])], [id], 'it has been another one');
  }
}

/** Shows the same, and that none is gone: another may have come in its place under another logical id. */
export async function allKept(stack: DeployedStack, types: readonly string[]): Promise<void> {
  await kept(stack, types);
  const past = await pastOf(stack, types);
  const present = (await Promise.all(types.map(stack.idsOf))).flat();
  assert.deepEqual(
    past.flatMap((ids) => [...ids]).filter((id) => !present.includes(id)),
    [],
    'it is gone',
  );
}

/** The physical ids that each resource of some types has had, by the stack's events. */
async function pastOf({ aws, name }: DeployedStack, types: readonly string[]): Promise<Set<string>[]> {
  const past: Record<string, Set<string>> = {};
  const pages = paginateDescribeStackEvents({ client: aws.cloudFormation }, { StackName: name });
  for await (const { StackEvents = [] } of pages) {
    for (const { LogicalResourceId: id = '', PhysicalResourceId, ResourceType = '' } of StackEvents) {
      if (!PhysicalResourceId || !types.includes(ResourceType)) continue;
      past[id] = (past[id] ?? new Set()).add(PhysicalResourceId);
    }
  }
  return Object.values(past);
}
