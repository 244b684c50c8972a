import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The rights that calls of the AWS SDK need, by the beginning of the calls' names. */
const BY_COMMAND: Readonly<Record<string, string>> = {
  BatchGet: 'dynamodb:BatchGetItem',
  BatchWrite: 'dynamodb:BatchWriteItem',
  Decrypt: 'kms:Decrypt',
  Delete: 'dynamodb:DeleteItem',
  DeleteMessage: 'sqs:DeleteMessage',
  DescribeSecret: 'secretsmanager:DescribeSecret',
  Encrypt: 'kms:Encrypt',
  Get: 'dynamodb:GetItem',
  GetSecretValue: 'secretsmanager:GetSecretValue',
  Publish: 'sns:Publish',
  Put: 'dynamodb:PutItem',
  Query: 'dynamodb:Query',
  Scan: 'dynamodb:Scan',
  Update: 'dynamodb:UpdateItem',
};

/** Those that the parts of a transaction need. */
const BY_PART: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

/**
 * The rights that a program needs, read from its source: from the calls of the AWS SDK in the files that it imports, and from
 * the parts of transactions. A query of an index is `dynamodb:Query <its name>`, that of a table `dynamodb:Query`.
 *
 * @param entry the program's first file
 */
export function usedActions(entry: string): string[] {
  const files = [...filesOf(entry)].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const program = files.map(({ text }) => text).join('\n');
  return [...new Set(files.flatMap(({ file, text }) => actionsIn(file, text, program)))].sort();
}

/** A file and all that it imports of the same project, but not what it takes types of only. */
function filesOf(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const text = readFileSync(entry, 'utf8');
  for (const [, one, other] of text.matchAll(
    /^(?:import|export) (?!type\b)[^;]*?from '(\.[^']+)';|import\('(\.[^']+)'\)/gm,
  )) {
    const path = join(dirname(entry), `${one ?? other}`.replace(/\.js$/, ''));
    const file = [`${path}.ts`, join(path, 'index.ts')].find((each) => existsSync(each));
    if (!file) throw new Error(`${entry} imports ${path}, which is not there`);
    filesOf(file, seen);
  }
  return seen;
}

function actionsIn(file: string, text: string, program: string): string[] {
  const actions: string[] = [];
  for (const { 1: command, 2: page, index } of text.matchAll(/new (\w+)Command\(|paginate(Query|Scan)\(/g)) {
    const name = `${command ?? page}`;
    if (name === 'TransactWrite') continue;
    const action = BY_COMMAND[name];
    if (!action) throw new Error(`${file} calls ${name}, whose right nobody knows`);
    const indexName = name === 'Query' ? indexIn(callAt(text, index), program) : undefined;
    actions.push(indexName === undefined ? action : `${action} ${indexName}`);
  }
  for (const [, part] of text.matchAll(/\b(ConditionCheck|Delete|Put|Update): \{/g)) {
    actions.push(`${BY_PART[`${part}`]}`);
  }
  if (text.includes('Consumer.create(')) actions.push('sqs:ReceiveMessage');
  return actions;
}

/** A call from its beginning to its last parenthesis. */
function callAt(text: string, start: number): string {
  let depth = 0;
  for (let end = text.indexOf('(', start); end < text.length; end += 1) {
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
    if (depth === 0) return text.slice(start, end);
  }
  throw new Error(`the call at ${start} does not end`);
}

/** The index of a query, whose name may be that of a constant somewhere in the program. */
function indexIn(call: string, program: string): string | undefined {
  const [, literal, constant] = /IndexName: (?:'(\w+)'|(\w+))/.exec(call) ?? [];
  if (constant === undefined) return literal;
  const values = [...program.matchAll(new RegExp(`const ${constant} = '(\\w+)'`, 'g'))];
  // Two files may each have a constant of that name.
  const [value, ...others] = new Set(values.map(([, text]) => text));
  if (value === undefined || others.length > 0) throw new Error(`${constant} is ${values.length} constants`);
  return value;
}
