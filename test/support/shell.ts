import { spawnSync } from 'node:child_process';

/**
 * Runs a script with bash and returns the calls of its commands, in order.
 *
 * @param script a script, with `<id>` for what only CloudFormation knows
 * @param stubs what stands in for each command that the script calls, in bash
 */
export function callsOf(script: string, stubs: Readonly<Record<string, string>>): string[] {
  const functions = Object.entries(stubs).map(
    ([name, body]) => `${name}() { echo "${name} $*" >&3; ${body}; }`,
  );
  const text = script.replaceAll('/opt/aws/bin/', '').replaceAll(/<([^<>\n]+)>/g, '$1');
  const { output, error, stderr } = spawnSync('bash', ['-c', [...functions, text].join('\n')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A script may wait for something that never comes.
    timeout: 10_000,
  });
  if (error || stderr) throw error ?? new Error(stderr);
  return (output[3] ?? '').trim().split('\n');
}
