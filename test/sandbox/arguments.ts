import { parseArgs } from 'node:util';
import { Refusal } from './refusal';

/** What is asked for on the command line. */
export interface Request {
  /** The pattern's id in the catalogue. */
  readonly pattern: string;

  /** Whether the question before the deployment is answered. */
  readonly yes: boolean;

  /**
   * Where to deploy.
   *
   * @default - the sandbox's region in bin/settings.ts, or else that of the credentials
   */
  readonly region?: string;
}

/** What `--help` prints. */
export function usage(patterns: readonly string[]): string {
  return `Usage: npm run test:sandbox -- <pattern> [--yes] [--region <region>]

Deploys a pattern with the sandbox's settings to the account of the current credentials, uses it, destroys it and
lists what is left. The account must be marked as a sandbox, and you are asked before money is spent.

  <pattern>   one of: ${patterns.join(', ')}
  --yes       do not ask
  --region    where to deploy, if not to the region of bin/settings.ts or of the credentials

Exit codes: 0 all went well and nothing is left, 1 something failed or is left, 2 refused: nothing was deployed,
130 interrupted: destroyed.`;
}

/**
 * Reads the command line.
 *
 * @throws Refusal that says what is allowed
 */
export function parseRequest(args: readonly string[], patterns: readonly string[]): Request | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [pattern, ...others] = positionals;
  const choice = `Choose one of: ${patterns.join(', ')}.`;
  if (pattern === undefined) throw new Refusal(`Which pattern? ${choice}\n\n${usage(patterns)}`);
  if (others.length > 0)
    throw new Refusal(`One pattern at a time, please, and not ${others.join(', ')}, too.`);
  if (!patterns.includes(pattern)) {
    const nearest = nearestOf(pattern, patterns);
    const hint = nearest ? ` Did you mean ${nearest}?` : '';
    throw new Refusal(`There is no pattern ${pattern}.${hint} ${choice}`);
  }
  return { pattern, yes: values.yes, ...(values.region ? { region: values.region } : {}) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', default: false },
        region: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error} --help lists what is possible.`);
  }
}

/** The name that is meant, if less than half of it would have to be typed again; a folder's name will do. */
function nearestOf(typed: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return names
    .map((name) => ({ name, distance: distanceBetween(plain(typed), plain(name)) }))
    .filter(({ name, distance }) => distance < name.length / 2)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** How many letters must be typed, deleted or changed to get from one word to the other (Levenshtein). */
function distanceBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
