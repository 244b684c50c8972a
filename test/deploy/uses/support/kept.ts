import assert from 'node:assert/strict';
import { paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import type { DeployedStack } from '../../support/stacks';

/** Shows that the resources of some types have been the same ever since the stack was made. */
export async function kept({ aws, idsOf, name }: DeployedStack, types: readonly string[]): Promise<void> {
  const past: Record<string, Set<string>> = {};
  const pages = paginateDescribeStackEvents({ client: aws.cloudFormation }, { StackName: name });
  for await (const { StackEvents = [] } of pages) {
    for (const { LogicalResourceId: id = '', PhysicalResourceId, ResourceType = '' } of StackEvents) {
      if (!PhysicalResourceId || !types.includes(ResourceType)) continue;
      past[id] = (past[id] ?? new Set()).add(PhysicalResourceId);
    }
  }
  const present = (await Promise.all(types.map(idsOf))).flat();
  assert.ok(present.length > 0);
  for (const id of present) {
    const its = Object.values(past).find((ids) => ids.has(id));
    assert.deepEqual([...(its ?? [])], [id], 'it has been another one');
  }
}
