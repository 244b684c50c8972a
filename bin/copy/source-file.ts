import { posix } from 'node:path';
import { type CallExpression, type NewExpression, parseSync, Visitor } from 'oxc-parser';

/** What a source file asks for, as it says it. */
export interface References {
  /** The modules of its imports and re-exports, types included. */
  readonly modules: readonly string[];

  /** Files and folders that it reads at run time, as seen from the repository. */
  readonly paths: readonly string[];
}

/**
 * Reads what a source file imports, and which files it names by literal arguments: `projectFolder('a', 'b')`,
 * `join(__dirname, 'a')` and `new HandlerCode('pattern', 'name')`.
 *
 * @param path the file, as seen from the repository
 * @throws an error where the file can't be parsed
 */
export function readReferences(path: string, text: string): References {
  const { errors, module, program } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const modules = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ];
  const paths: string[] = [];
  new Visitor({
    CallExpression: (call) => paths.push(...pathsOf(call, path)),
    NewExpression: (call) => paths.push(...handlerOf(call)),
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') modules.push(source.value);
    },
    TSImportType: ({ source }) => {
      modules.push(source.value);
    },
  }).visit(program);
  return { modules: [...new Set(modules)], paths: [...new Set(paths)] };
}

function pathsOf(call: CallExpression, path: string): string[] {
  const [first, ...rest] = call.arguments;
  if (isNamed(call, 'projectFolder')) {
    const segments = leadingLiterals(call.arguments);
    return segments.length > 1 ? [posix.join(...segments)] : [];
  }
  if (!isNamed(call, 'join') || first?.type !== 'Identifier' || first.name !== '__dirname') return [];
  const folder = posix.dirname(path);
  const named = posix.join(folder, ...leadingLiterals(rest));
  // Its own folder, or one that this lies in, is no file that it asks for.
  return `${folder}/`.startsWith(`${named}/`) || named === '.' ? [] : [named];
}

function handlerOf(call: NewExpression): string[] {
  const [pattern, name] = leadingLiterals(call.arguments);
  return isNamed(call, 'HandlerCode') && pattern && name ? [`lambda/${pattern}/${name}.ts`] : [];
}

function isNamed({ callee }: CallExpression | NewExpression, name: string): boolean {
  return callee.type === 'Identifier' && callee.name === name;
}

function leadingLiterals(values: CallExpression['arguments']): string[] {
  const literals = values.map((value) =>
    value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined,
  );
  const end = literals.indexOf(undefined);
  return literals.slice(0, end < 0 ? undefined : end).map(String);
}
