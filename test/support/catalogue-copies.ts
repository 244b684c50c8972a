import { readdirSync } from 'node:fs';
import { isStage } from '../../bin/copy/patterns';

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
  'blue-green-service': {},
  microservices: {},
  'disaster-recovery': {
    primaryRegion: 'ap-northeast-1',
    standbyRegion: 'ap-northeast-3',
    clientRanges: ['10.0.0.0/8'],
  },
};

/**
 * An app that uses patterns which were copied, in one stack each, or as stages of the app, as their users begin.
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
      const scope = isStage(pattern) ? 'app' : `new Stack(app, '${name}')`;
      return `new ${name}(${scope}, '${name}', { ...${props}, profile: SANDBOX });`;
    }),
    '',
  ].join('\n');
}
