import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { frontOf } from './desk';
import { view } from './viewer';

const JAVASCRIPT = /^(text|application)\/javascript/;

const FILES = {
  '/': /^text\/html/,
  '/site.js': JAVASCRIPT,
  '/sign-in.js': JAVASCRIPT,
  '/style.css': /^text\/css/,
  '/icon.svg': /^image\/svg\+xml/,
  '/config.json': /^application\/json/,
};

/** What `config.json` tells the page. */
export interface SiteConfig {
  readonly stage: string;
  readonly maxFileSize: number;
  readonly apiKeyRequired: boolean;
  readonly signIn: null | {
    readonly authority: string;
    readonly clientId: string;
    readonly scope: string;
    readonly logoutUrl: string;
  };
}

/** What the page is told. */
export async function siteConfigOf(stack: DeployedStack): Promise<SiteConfig> {
  const answer = await view(stack.aws, (await frontOf(stack)).name, '/config.json');
  assert.equal(answer.status, 200);
  return (await answer.json()) as SiteConfig;
}

/** Shows that a browser gets the page and all that it loads, with headers that say what it may do, and nothing else. */
export async function site(stack: DeployedStack): Promise<void> {
  const { name } = await frontOf(stack);
  for (const [path, type] of Object.entries(FILES)) {
    const answer = await view(stack.aws, name, path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('content-type') ?? '', type, path);
    assert.equal(answer.headers.get('cache-control'), 'no-cache', path);
    assert.ok((await answer.text()).length > 0, path);
    assertSecurityHeaders(answer, path);
  }
  for (const path of ['/nowhere.html', '/api']) {
    assert.equal((await view(stack.aws, name, path)).status, 404, path);
  }
}

function assertSecurityHeaders({ headers }: Response, path: string): void {
  const policy = headers.get('content-security-policy') ?? '';
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(rule), `${path}: ${policy}`);
  assert.doesNotMatch(policy, /unsafe/);
  assert.match(policy, /connect-src 'self' https:\/\/\*\.s3\.[a-z0-9-]+\.amazonaws\.com/);
  const expected = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000',
  };
  for (const [header, value] of Object.entries(expected))
    assert.equal(headers.get(header), value, `${path}: ${header}`);
}

/** Shows what the page is told of the API that it uses. */
export async function siteIsTold(
  stack: DeployedStack,
  expected: Partial<Pick<SiteConfig, 'apiKeyRequired' | 'signIn'>>,
): Promise<void> {
  const told = await siteConfigOf(stack);
  const common = { stage: 'dev', maxFileSize: 25 * 1024 * 1024 };
  assert.deepEqual({ ...told, ...common, ...expected }, told);
}

/** Shows that pages come over HTTPS only, and that the API refuses what was sent in the clear. */
export async function onlyHttps(stack: DeployedStack): Promise<void> {
  const { config, name } = await frontOf(stack);
  const page = await view(stack.aws, name, '/', { protocol: 'http' });
  assert.deepEqual([page.status, page.headers.get('location')], [301, `https://${name}/`]);
  const api = await view(stack.aws, name, '/api/documents', { protocol: 'http' });
  assert.equal(api.status, 403);
  assert.deepEqual([config.Logging?.Enabled, config.Logging?.Prefix], [true, 'cloudfront/']);
  assert.equal(config.HttpVersion, 'http2and3');
}

/** Shows that the API's own errors come through: the distribution has no page in their place. */
export async function errorsComeThrough(stack: DeployedStack): Promise<void> {
  const { config } = await frontOf(stack);
  assert.equal(config.CustomErrorResponses?.Quantity ?? 0, 0);
  const behaviors = config.CacheBehaviors?.Items ?? [];
  assert.deepEqual(
    behaviors.map(({ PathPattern, ViewerProtocolPolicy }) => [PathPattern, ViewerProtocolPolicy]),
    [['/api/*', 'https-only']],
  );
}
