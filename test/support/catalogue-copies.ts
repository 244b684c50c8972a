import { readdirSync } from 'node:fs';

/** All patterns: the folders in lib/. */
export const PATTERNS: readonly string[] = readdirSync('lib', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'building-blocks')
  .map(({ name }) => name);

/** The name of a pattern's construct. */
export function constructOf(pattern: string): string {
  return pattern.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What a project that has just copied a pattern gives it besides the profile: the plainest props with which it works. */
export const FIRST_PROPS: Readonly<Record<string, object>> = {
  'campaign-site': { exposure: 'elasticIp' },
  'corporate-site': { exposure: 'publicLoadBalancer' },
  intranet: { clientRanges: ['10.0.0.0/8'] },
  'serverless-api': { stage: 'dev' },
};

/**
 * An app that uses patterns which were copied, one stack each, as their users begin.
 *
 * @param ending what the project's imports of its own files end with
 */
export function appOf(patterns: readonly string[], ending: '' | '.js'): string {
  const from = (path: string) => `from '../aws-standard-patterns/lib/${path}${ending}';`;
  return [
    "import { App, Stack } from 'aws-cdk-lib';",
    `import { SANDBOX } ${from('profile')}`,
    ...patterns.map((pattern) => `import { ${constructOf(pattern)} } ${from(`${pattern}/${pattern}`)}`),
    'const app = new App();',
    ...patterns.map((pattern) => {
      const name = constructOf(pattern);
      const props = JSON.stringify(FIRST_PROPS[pattern] ?? {});
      return `new ${name}(new Stack(app, '${name}'), '${name}', { ...${props}, profile: SANDBOX });`;
    }),
    '',
  ].join('\n');
}
