import { parseArgs } from 'node:util';
import { messageOf, Refusal } from './refusal';

/** What the user asks for. */
export interface Arguments {
  /** The pattern's name as given; undefined lists the patterns. */
  readonly pattern: string | undefined;

  /** The project's folder as given. */
  readonly project: string | undefined;

  readonly withStack: boolean;
  readonly withTests: boolean;
  readonly dryRun: boolean;
  /** Overwrite files that differ. */
  readonly force: boolean;

  /** Keep files that differ, from now on as changed ones. */
  readonly keep: boolean;

  readonly install: boolean;
  readonly json: boolean;
}

/** How the command is called. */
export const SYNOPSIS =
  'npm run copy -- <pattern> <project folder> [--with-stack] [--with-tests] [--dry-run] [--force | --keep] [--install] [--json]';

/**
 * Reads the command line.
 *
 * @throws Refusal where an option is unknown, or there is a word too many or too few
 */
export function readArguments(words: readonly string[]): Arguments {
  const { positionals, values } = parse(words);
  const [pattern, project, ...rest] = positionals;
  if (rest.length > 0) {
    throw new Refusal(`"${rest.join(' ')}" is more than a pattern and a folder; the command is: ${SYNOPSIS}`);
  }
  if (pattern !== undefined && project === undefined) {
    throw new Refusal(`${pattern} goes into a project, but no folder is given; the command is: ${SYNOPSIS}`);
  }
  if (values.force && values.keep) {
    throw new Refusal('--force takes the files of the pattern and --keep takes yours; give one of them.');
  }
  const isSet = (name: keyof typeof values) => values[name] ?? false;
  return {
    pattern,
    project,
    withStack: isSet('with-stack'),
    withTests: isSet('with-tests'),
    dryRun: isSet('dry-run'),
    force: isSet('force'),
    keep: isSet('keep'),
    install: isSet('install'),
    json: isSet('json'),
  };
}

function parse(words: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        'with-stack': flag,
        'with-tests': flag,
        'dry-run': flag,
        force: flag,
        keep: flag,
        install: flag,
        json: flag,
      },
    });
  } catch (error) {
    const [sentence] = messageOf(error).split('. ');
    throw new Refusal(`${sentence}; the command is: ${SYNOPSIS}`);
  }
}
