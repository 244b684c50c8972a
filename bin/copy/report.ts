import { relative } from 'node:path';
import type { Copy } from './copy';
import { differenceOf } from './difference';
import type { RequiredFlag } from './flags';
import { installCommands, type RequiredPackage } from './packages';
import { usageOf } from './patterns';
import { type Action, isConflict, type Step } from './plan';
import { HOME, type Target } from './target';

/** What is said of files, in this order; nothing of those that are there already. */
const HEADINGS: readonly (readonly [Action, string, string])[] = [
  ['add', 'Copied', 'Would copy'],
  ['update', 'Updated', 'Would update'],
  ['remove', 'Removed, no longer part of it', 'Would remove, no longer part of it'],
  [
    'left',
    'No longer part of it, but changed by you, so left',
    'No longer part of it, but changed by you: stays',
  ],
  ['yours', 'Changed by you, so left', 'Changed by you: stays'],
  ['differs', 'In the way, not copied by this command', 'In the way, not copied by this command'],
  ['both', 'Changed by you and by the pattern, so left', 'Changed by you and by the pattern: stays'],
];

const IN_STACK = 'Use it in lib/, in a stack of yours:';
const IN_APP = 'Use it in bin/, in your app; it brings its own stacks:';
const STACKS_INCLUDED = 'its stacks are part of it, and --with-stack adds nothing.';

/** The import paths of a project's lib/ or bin/ folder. */
function usageIn(pattern: string, { isModule }: Target): string {
  const ending = isModule ? '.js' : '';
  return usageOf(pattern).replace(/from '\.\/([^']+)'/g, (_, path) => `from '../${HOME}/${path}${ending}'`);
}

/** What came of a run, for people. */
export function describeCopy(copy: Copy, isDryRun: boolean): string {
  const { flags, packages, pattern, patterns, steps, target, version, withTests } = copy;
  const others = patterns.filter((name) => name !== pattern);
  const isBlocked = steps.some(({ action }) => action === 'differs');
  return [
    `${pattern} of AWS Standard Patterns ${version}, to ${target.home}`,
    ...(others.length > 0 ? [`It shares files with ${others.join(', ')}, updated together.`] : []),
    ...describeSteps(steps, isDryRun || isBlocked),
    ...(isBlocked ? ['Nothing was changed, since files differ.'] : []),
    ...(copy.isChange || copy.isStopped ? [] : ['Nothing to do.']),
    ...steps.filter(isConflict).map(differenceOf),
    ...(copy.isStopped
      ? [
          '--force overwrites yours with those of the pattern. To keep yours, move or merge them, and run this again.',
        ]
      : []),
    ...describePackages(packages, target),
    ...describeFlags(flags),
    ...(withTests ? [describeTests(target)] : []),
    ...(copy.isStage && copy.withStack ? [`${pattern} is a stage: ${STACKS_INCLUDED}`] : []),
    `${copy.isStage ? IN_APP : IN_STACK}\n\n${indent(usageIn(pattern, target))}`,
  ]
    .join('\n\n')
    .concat('\n');
}

/** What came of a run, for tools. */
export function copyAsData(copy: Copy, isDryRun: boolean): object {
  const { flags, isChange, isStopped, packages, pattern, patterns, steps, target, version } = copy;
  return {
    outcome: isStopped ? 'stopped' : isChange ? (isDryRun ? 'would change' : 'changed') : 'nothing to do',
    pattern,
    version,
    folder: target.home,
    patterns,
    files: steps.map((step) => ({
      path: step.path,
      action: step.action,
      ...(isConflict(step) ? { difference: differenceOf(step) } : {}),
    })),
    packages,
    install: installCommands(packages).map((words) => `npm ${words.join(' ')}`),
    flags,
    use: usageIn(pattern, target),
  };
}

function describeSteps(steps: readonly Step[], isDryRun: boolean): string[] {
  const same = steps.filter(({ action }) => action === 'same').length;
  return [
    ...HEADINGS.flatMap(([action, done, planned]) => {
      const paths = steps.filter((step) => step.action === action).map(({ path }) => path);
      if (paths.length === 0) return [];
      return [`${isDryRun ? planned : done} (${paths.length}):\n${indent(paths.join('\n'))}`];
    }),
    ...(same > 0 ? [`Already there: ${same} files.`] : []),
  ];
}

function describePackages(packages: readonly RequiredPackage[], target: Target): string[] {
  const lines = packages.map(({ name, present, state, version }) => {
    const note = state === 'present' ? '' : state === 'missing' ? '   missing' : `   older: ${present}`;
    return `${name} ${version}${note}`;
  });
  const commands = installCommands(packages).map((words) => `npm ${words.join(' ')}`);
  const where = relative(process.cwd(), target.folder) || '.';
  return [
    `Packages it needs, with the versions it is tested with:\n${indent(lines.join('\n'))}`,
    ...(commands.length > 0 ? [`--install runs this in ${where}:\n${indent(commands.join('\n'))}`] : []),
  ];
}

function describeFlags(flags: readonly RequiredFlag[]): string[] {
  const lines = flags.map(({ effect, name, present, value }) => {
    const said =
      present === undefined ? 'your cdk.json lacks it' : `your cdk.json says ${JSON.stringify(present)}`;
    return `${name}: ${JSON.stringify(value)}${present === value ? '' : `   ${said}`}\n  ${effect}`;
  });
  return lines.length > 0 ? [`Feature flags that change its resources:\n${indent(lines.join('\n'))}`] : [];
}

function describeTests(target: Target): string {
  return `Its tests need vitest, and run with the cdk.json that came along:\n${indent(`cd ${target.home} && npx vitest run`)}`;
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');
