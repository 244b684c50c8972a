import { basename } from 'node:path';
import { type BuildFailure, type BuildOptions, buildSync, formatMessagesSync } from 'esbuild';
import { projectFolder } from './project-folder';

/**
 * Programs and their libraries as one CommonJS file each, in one run of esbuild.
 *
 * It names files as seen from the project, so that the result is the same wherever the project lies.
 *
 * @param entryPoints paths in the project
 * @returns the files' texts by the names of the entry points, without their endings, and all files that went into them
 * @throws where a program has a mistake that esbuild sees: each with file, line and column
 */
export function bundle(
  entryPoints: string[],
  options: BuildOptions,
): { texts: Map<string, string>; inputs: string[] } {
  try {
    const { metafile, outputFiles } = buildSync({
      entryPoints,
      outdir: projectFolder(),
      absWorkingDir: projectFolder(),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
      // What tsconfig.json says differs between projects, and some of it changes the result.
      tsconfigRaw: { compilerOptions: { strict: true } },
      ...options,
      metafile: true,
      write: false,
    });
    const texts = new Map(outputFiles.map(({ path, text }) => [basename(path, '.js'), text]));
    return { texts, inputs: Object.keys(metafile.inputs) };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const mistakes = formatMessagesSync(error.errors, { kind: 'error' });
    throw new Error(`esbuild can't bundle ${entryPoints.join(', ')}:\n${mistakes.join('').trim()}`, {
      cause: error,
    });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
