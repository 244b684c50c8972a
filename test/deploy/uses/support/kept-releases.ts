import assert from 'node:assert/strict';
import type { Settings } from '../../../../bin/settings';
import type { DeployedStack } from '../../support/stacks';
import { push } from './board-images';
import { assertSeen, sightsDuring, versionOf } from './board-visitors';
import { deployOnly } from './deployments-in-between';
import { assertSucceeded } from './executions';
import { release, withImages } from './release-workflow';
import { runningDefinition } from './service-settings';

/** What a deployment of the stack keeps. */
export interface Kept {
  /** What the last release brought. */
  readonly tag: string;

  /** What the deployment changed. */
  readonly cpu: string;
}

/** Shows that a deployment of the stack kept what was released, and brought its own change. */
export const keeps = ({ cpu, tag }: Kept) =>
  withImages(async (stack) => {
    assert.equal(await versionOf(stack), tag);
    await assertRuns(stack, { cpu, tag });
  });

/** Deploys the stack with other settings, and a tag on everything or none, and shows that no user notices. */
export const unnoticed = (settings: Partial<Settings>, { cpu, tag }: Kept, tagOfAll?: string) =>
  withImages(async (stack, _control, emulator) => {
    const sights = await sightsDuring(stack, () => deployOnly(stack, emulator, settings, tagOfAll));
    assertSeen(sights, [tag]);
    await assertRuns(stack, { cpu, tag });
  });

/** Releases a version that runs with what the stack says now. */
export const releases = ({ cpu, tag }: Kept, before: string) =>
  withImages(async (stack) => {
    const image = await push(stack, tag);
    const sights = await sightsDuring(stack, async () => assertSucceeded(await release(stack, image)));
    assertSeen(sights, [before, tag]);
    await assertRuns(stack, { cpu, tag });
  });

async function assertRuns(stack: DeployedStack, { cpu, tag }: Kept): Promise<void> {
  const definition = await runningDefinition(stack);
  const [container] = definition.containerDefinitions ?? [];
  assert.deepEqual(
    [container?.image?.split(':').at(-1), container?.command ?? [], definition.cpu],
    [tag, [], cpu],
  );
}
