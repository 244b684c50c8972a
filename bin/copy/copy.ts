import { applySteps } from './apply';
import type { Arguments } from './arguments';
import { compareFlags, type RequiredFlag } from './flags';
import { hashOf, type Manifest, manifestText, readKnown } from './manifest';
import { checkFoundation, comparePackages, type RequiredPackage } from './packages';
import { type Parts, packParcel } from './parcel';
import { checkPattern, isStage, patternNames } from './patterns';
import { isConflict, planSteps, type Step } from './plan';
import { sourceVersion } from './source';
import { readTarget, type Target } from './target';
import { checkWritable } from './writable';

/** What came of a run. */
export interface Copy {
  readonly pattern: string;
  readonly target: Target;

  /** The version of what was copied. */
  readonly version: string;

  /** All patterns of the folder: they share files, and are updated together. */
  readonly patterns: readonly string[];

  readonly steps: readonly Step[];
  readonly packages: readonly RequiredPackage[];

  /** The feature flags that make a difference. */
  readonly flags: readonly RequiredFlag[];

  /** Whether the pattern goes into an app as it is; others go into a stack. */
  readonly isStage: boolean;

  /** Whether a stack was asked for, now or before. */
  readonly withStack: boolean;

  /** Whether tests came along. */
  readonly withTests: boolean;

  /** Whether files were left alone, or nothing was done at all, since they differ. */
  readonly isStopped: boolean;

  /** Whether anything was written, or would have been. */
  readonly isChange: boolean;
}

/**
 * Copies a pattern into a project, or finds out what that would change.
 *
 * Where a file is in the way that nobody has copied, nothing is changed at all. Where both sides have changed a file since it
 * was copied, that one is left alone and the others are updated.
 *
 * @throws Refusal where it can't be done; nothing is changed then
 */
export function copyPattern(pattern: string, project: string, wish: Arguments): Copy {
  checkPattern(pattern);
  const target = readTarget(project);
  const known = readKnown(target.home);
  const patterns = merge(known.manifest, pattern, wish);
  const existing = patternNames();
  const gone = [...patterns.keys()].filter((name) => !existing.includes(name));
  const parcel = packParcel(new Map([...patterns].filter(([name]) => !gone.includes(name))), target.isModule);
  const packages = comparePackages(parcel.packages, target);
  checkFoundation(packages, project);

  const steps = planSteps(target.home, parcel.files, known, gone.length > 0).map((step) =>
    settle(step, wish),
  );
  const version = sourceVersion();
  const isBlocked = steps.some(({ action }) => action === 'differs');
  const writes = steps.filter(isWrite);
  const hashes = new Map(
    steps.flatMap(({ hash, path }): [string, string][] => (hash === undefined ? [] : [[path, hash]])),
  );
  const manifest = manifestText(version, patterns, hashes);
  const isChange = !isBlocked && (writes.length > 0 || manifest !== known.manifestText);
  if (isChange) checkWritable(target, writes);
  if (isChange && !wish.dryRun) applySteps(target.home, writes, manifest);
  return {
    pattern,
    target,
    version,
    patterns: [...patterns.keys()],
    steps,
    packages,
    flags: compareFlags([...patterns.keys()], target),
    isStage: isStage(pattern),
    withStack: patterns.get(pattern)?.withStack ?? false,
    withTests: [...patterns.values()].some((parts) => parts.withTests),
    isStopped: steps.some(isConflict),
    isChange,
  };
}

/** The patterns that were copied before, and this one. What once came along keeps coming. */
function merge(manifest: Manifest | undefined, pattern: string, parts: Parts): Map<string, Parts> {
  const before = manifest?.patterns[pattern];
  return new Map([
    ...Object.entries(manifest?.patterns ?? {}),
    [
      pattern,
      {
        withStack: parts.withStack || (before?.withStack ?? false),
        withTests: parts.withTests || (before?.withTests ?? false),
      },
    ],
  ]);
}

const isWrite = ({ action }: Step): boolean => ['add', 'update', 'remove'].includes(action);

/** Ends a conflict as the user wants it: with the pattern's file, or with his own as one that he has changed. */
function settle(step: Step, { force, keep }: Arguments): Step {
  if (!isConflict(step) || !step.wanted || !(force || keep)) return step;
  return { ...step, action: force ? 'update' : 'yours', hash: hashOf(step.wanted) };
}
