import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { request as startRequest } from 'node:http';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Running, start } from '../services/company-news/application';
import { readConfiguration } from '../services/company-news/configuration';
import { ConnectionPool } from '../services/company-news/connection-pool';
import { type Link, rdsTransport } from '../services/company-news/connector';
import { Deadline, pauseAfter } from '../services/company-news/deadline';
import { LIMITS, type Limits } from '../services/company-news/limits';
import type { Entry } from '../services/company-news/log';
import { FakeMySql, type Storage } from './support/fake-mysql';

const ENVIRONMENT = {
  PORT: '0',
  DATABASE_HOST: 'database.example.com',
  DATABASE_PORT: '3306',
  DATABASE_NAME: 'app',
  DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:rds!db-1',
  AWS_REGION: 'ap-northeast-1',
};

/** Short where a test waits for the end, long where it must not come. */
const SHORT: Limits = {
  request: 2_000,
  connect: 80,
  statement: 80,
  pause: 30,
  secret: 80,
  secretAge: 0,
  stop: 50,
};

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
const NEWS = 'title=Party&body=On+Friday';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function secretOf(password: string): string {
  return JSON.stringify({ username: 'admin', password });
}

/** Two database servers with one storage, the application, and the name that leads it to one of the two. */
async function setUp(environment: NodeJS.ProcessEnv = {}, limits: Partial<Limits> = {}) {
  const storage: Storage = { password: 'first', table: undefined };
  const primary = new FakeMySql(storage);
  const standby = new FakeMySql(storage);
  const ports = new Map([
    [primary, await primary.listen()],
    [standby, await standby.listen()],
  ]);
  const secret = { text: secretOf('first'), readings: 0, hangs: false };
  const sockets: Socket[] = [];
  const log: Entry[] = [];
  const name = { leadsTo: primary };
  const application: Running = await start(readConfiguration({ ...ENVIRONMENT, ...environment }), {
    transport: {
      ssl: undefined,
      openSocket: () => {
        const port = ports.get(name.leadsTo) ?? 0;
        const socket = connect({ host: '127.0.0.1', port, noDelay: true });
        sockets.push(socket);
        return socket;
      },
    },
    fetchSecret: async () => {
      secret.readings += 1;
      return secret.hangs ? new Promise<string>(() => undefined) : secret.text;
    },
    limits: { ...SHORT, ...limits },
    log: (entry) => log.push(entry),
  });
  cleanUps.push(
    () => primary.close(),
    () => standby.close(),
    () => application.stop(),
  );
  const url = `http://127.0.0.1:${application.port}`;
  const get = (path = '/') => fetch(`${url}${path}`);
  const post = (body = NEWS, headers: Record<string, string> = FORM) =>
    fetch(`${url}/news`, { method: 'POST', body, headers, redirect: 'manual' });
  const events = () => log.map(({ event }) => event).filter((event) => event !== 'request');
  return { storage, primary, standby, secret, sockets, log, name, application, url, get, post, events };
}

describe('the pages', () => {
  test('show the news, newest first, and who answers', async () => {
    const { get, storage } = await setUp({
      SITE_TITLE: 'Intranet',
      SERVER_ID: 'i-1',
      SERVER_ZONE: 'ap-northeast-1a',
    });
    const response = await get();
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('Intranet</title>');
    expect(page).toContain('<h2>Welcome</h2><p><time datetime="2026-01-01T00:00:00.000Z">1 January 2026');
    expect(page).toContain('Answered by i-1 in ap-northeast-1a.');
    for (const file of ['/stylesheet/site.css', '/javascript/site.js', '/image/logo.svg']) {
      expect(page).toContain(`"${file}"`);
    }
    for (let id = 2; id <= 12; id += 1)
      storage.table?.push({ id, title: `No. ${id}`, body: '-', seconds: 1_767_225_600 + id });
    const titles = [...(await (await get()).text()).matchAll(/<h2>(.+?)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((id) => `No. ${id}`));
  });

  test('escape what comes from the database and from the environment', async () => {
    const hostile = `<script>alert("1")</script>'&`;
    const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;';
    const { get, storage } = await setUp({ SITE_TITLE: hostile, SERVER_ID: hostile });
    storage.table = [{ id: 1, title: hostile, body: hostile, seconds: 1 }];
    const page = await (await get()).text();
    expect(page).not.toContain('alert("');
    expect(page.split(escaped)).toHaveLength(6);
  });

  test('say so where the site itself is at fault, and the log says where but not about what', async () => {
    const { get, storage, log } = await setUp();
    storage.table = [{ id: 1, title: 'hush', body: 'hush', seconds: 10 ** 15 }];
    const response = await get();
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('hush')]);
    const fault = { event: 'fault', code: 'RangeError', place: expect.stringContaining('toISOString') };
    expect(log).toContainEqual({ ...fault, requestId: expect.any(String) });
  });

  test('load their own files, which may be kept', async () => {
    const { get, url } = await setUp();
    const page = await (await get()).text();
    const [, ...paths] = [...page.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(new Set(paths)).toEqual(
      new Set(['/stylesheet/site.css', '/javascript/site.js', '/image/logo.svg']),
    );
    for (const [path, type] of [
      ['/stylesheet/site.css', 'text/css; charset=utf-8'],
      ['/javascript/site.js', 'text/javascript; charset=utf-8'],
      ['/image/logo.svg', 'image/svg+xml'],
    ] as const) {
      const response = await get(path);
      const { status, headers } = response;
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        type,
        'public, max-age=3600',
      ]);
      expect(await response.text()).toBe(readFileSync(`services/company-news/public${path}`, 'utf8'));
    }
    const { status, headers } = await fetch(`${url}/image/logo.svg`, { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await get('/image/')).status).toBe(404);
    expect((await get('/stylesheet/..%2f..%2fserver.ts')).status).toBe(404);
  });

  test('do not exist elsewhere, and know their methods', async () => {
    const { get, url } = await setUp();
    expect((await get('/nowhere')).status).toBe(404);
    expect((await get('/constructor')).status).toBe(404);
    const wrong = async (method: string, path: string) => {
      const { status, headers } = await fetch(`${url}${path}`, { method });
      return [status, headers.get('allow')];
    };
    expect(await wrong('DELETE', '/')).toEqual([405, 'GET, HEAD']);
    expect(await wrong('GET', '/news')).toEqual([405, 'POST']);
    expect(await wrong('POST', '/healthz')).toEqual([405, 'GET, HEAD']);
    const head = await fetch(`${url}/?a=b`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('need no table from anybody, not even when it gets lost', async () => {
    const { get, storage, primary } = await setUp();
    await get();
    await get();
    expect(primary.statements.filter((sql) => sql.startsWith('CREATE'))).toHaveLength(1);
    storage.table = undefined;
    expect(await (await get()).text()).toContain('<h2>Welcome</h2>');
  });

  test('use a limited number of connections, and a request waits for one', async () => {
    const { get, primary, sockets } = await setUp({ DATABASE_CONNECTIONS: '2' });
    const responses = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(sockets).toHaveLength(2);
    expect(primary.connections).toBe(2);
  });
});

describe('posts', () => {
  test('are forbidden where nothing is said', async () => {
    const { get, post, primary } = await setUp();
    expect(await (await get()).text()).not.toContain('<form');
    expect((await post()).status).toBe(403);
    expect(primary.statements.join()).not.toContain('INSERT');
  });

  test('lead back to the news', async () => {
    const { get, post } = await setUp({ ALLOW_POSTS: 'true' });
    const response = await post('title=Fest+%E7%A5%AD&body=Here+%26+there');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    const page = await (await get()).text();
    expect(page).toContain('<form method="post" action="/news">');
    expect(page).toMatch(/<h2>Fest 祭<\/h2>.*<p>Here &amp; there<\/p>/);
  });

  test.each<[string, Record<string, string>, number]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['who does not say', {}, 403],
    ['this origin', { origin: 'http://HOST' }, 303],
  ])('of %s', async (_, from, status) => {
    const { post, url, storage } = await setUp({ ALLOW_POSTS: 'true' });
    const { host } = new URL(url);
    const said = Object.entries(from).map(([name, value]) => [name, value.replace('HOST', host)]);
    const headers = { 'content-type': FORM['content-type'], ...Object.fromEntries(said) };
    expect((await post(NEWS, headers)).status).toBe(status);
    expect(storage.table?.length ?? 0).toBe(status === 303 ? 2 : 0);
  });

  test.each<[string, string, Record<string, string>, number]>([
    ['without a title', 'title=+&body=b', FORM, 400],
    ['with too long a title', `title=${'t'.repeat(121)}&body=b`, FORM, 400],
    ['with too long a text', `title=t&body=${'b'.repeat(4_001)}`, FORM, 400],
    ['of another type', '{}', { ...FORM, 'content-type': 'application/json' }, 415],
    ['of a megabyte', `title=t&body=${'b'.repeat(2 ** 20)}`, FORM, 413],
  ])('%s are refused', async (_, body, headers, status) => {
    const { post, storage } = await setUp({ ALLOW_POSTS: 'true' });
    expect((await post(body, headers)).status).toBe(status);
    expect(storage.table).toBeUndefined();
  });

  test('take the longest text in the longest encoding', async () => {
    const { post, storage } = await setUp({ ALLOW_POSTS: 'true' });
    const body = '祭'.repeat(4_000);
    expect((await post(new URLSearchParams({ title: '祭'.repeat(120), body }).toString())).status).toBe(303);
    expect(storage.table?.at(-1)?.body).toBe(body);
  });
});

describe('without its database', () => {
  test('the site is healthy but not ready, and says so', async () => {
    const { get, primary, events } = await setUp({}, { request: 100 });
    primary.turn('resets');
    const [health, readiness, response] = await Promise.all([get('/healthz'), get('/readyz'), get()]);
    expect([health.status, readiness.status]).toEqual([200, 503]);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15']);
    expect(await response.text()).toContain('<h1>The database is away</h1>');
    primary.turn('works');
    expect((await get('/readyz')).status).toBe(200);
    expect((await get()).status).toBe(200);
    expect(events()).toEqual(['listening', 'secret read', 'database lost', 'database back']);
  });

  test('the site waits between its attempts', async () => {
    const { get, primary, sockets } = await setUp({}, { request: 120 });
    primary.turn('resets');
    await get();
    expect(sockets.length).toBeGreaterThan(2);
    expect(sockets.length).toBeLessThan(10);
  });

  test('the site asks nothing for its health', async () => {
    const { get, sockets, secret } = await setUp();
    expect((await get('/healthz')).status).toBe(200);
    expect([sockets.length, secret.readings]).toEqual([0, 0]);
  });

  test('a request is answered at its deadline, also where the database is silent', async () => {
    const { get, primary } = await setUp({ DATABASE_CONNECTIONS: '1' }, { request: 150 });
    primary.turn('silent');
    const begin = performance.now();
    const responses = await Promise.all([get(), get(), get()]);
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(performance.now() - begin).toBeLessThan(150 + 200);
  });
});

describe('a failover', () => {
  /** Fills the pool, so that all its connections lead to the primary. */
  async function setUpBusy() {
    const site = await setUp({ ALLOW_POSTS: 'true' });
    await vi.waitFor(
      async () => {
        await Promise.all(Array.from({ length: 10 }, () => site.get()));
        expect(site.primary.connections).toBe(5);
      },
      { interval: 5 },
    );
    return site;
  }

  test.each(['resets', 'silent', 'shuts down'] as const)(
    'is survived by reading, where the old primary %s',
    async (mood) => {
      const { get, name, primary, standby, sockets } = await setUpBusy();
      primary.turn(mood);
      name.leadsTo = standby;
      const begin = performance.now();
      expect((await get()).status).toBe(200);
      // One connection tells for all five.
      expect(performance.now() - begin).toBeLessThan(4 * SHORT.statement);
      // Nothing of the old primary is kept, and no socket waits for a peer that is gone.
      expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(standby.connections);
    },
  );

  test.each(['resets', 'silent', 'read-only'] as const)(
    'is survived by writing, where the old primary %s',
    async (mood) => {
      const { post, name, primary, standby, storage } = await setUpBusy();
      primary.turn(mood);
      name.leadsTo = standby;
      expect((await post()).status).toBe(303);
      expect(storage.table?.filter(({ title }) => title === 'Party')).toHaveLength(1);
    },
  );

  test('that begins while a write runs does not have it run twice', async () => {
    const { get, post, name, primary, standby, storage } = await setUpBusy();
    primary.loseNextInsert = true;
    name.leadsTo = standby;
    const response = await post();
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('look whether your news is there');
    expect(storage.table?.filter(({ title }) => title === 'Party')).toHaveLength(1);
    expect((await get()).status).toBe(200);
  });

  test('that is over before the next request is not noticed', async () => {
    const { get, post, primary, sockets, events } = await setUpBusy();
    primary.turn('resets');
    primary.turn('works');
    await vi.waitFor(() => expect(sockets.every(({ destroyed }) => destroyed)).toBe(true), { interval: 5 });
    expect([(await get()).status, (await post()).status]).toEqual([200, 303]);
    expect(events()).not.toContain('database lost');
  });

  test('is waited for as long as a request may take', async () => {
    const { get, primary, events } = await setUpBusy();
    primary.turn('resets');
    const response = get();
    await vi.waitFor(() => expect(events()).toContain('database lost'), { interval: 5 });
    primary.turn('works');
    expect((await response).status).toBe(200);
  });
});

describe('the secret', () => {
  test('is read once by all who wait for it, and then kept', async () => {
    const { get, secret } = await setUp();
    await Promise.all([get(), get(), get()]);
    await get();
    expect(secret.readings).toBe(1);
  });

  test('is read again after a rotation, once by all who were refused', async () => {
    const { get, primary, storage, secret } = await setUp();
    await get();
    storage.password = 'second';
    secret.text = secretOf('second');
    primary.turn('resets');
    primary.turn('works');
    const responses = await Promise.all([get(), get(), get()]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(secret.readings).toBe(2);
  });

  test('is read anew where a reading hangs', async () => {
    const { get, secret } = await setUp();
    secret.hangs = true;
    const response = get();
    await vi.waitFor(() => expect(secret.readings).toBe(1), { interval: 5 });
    secret.hangs = false;
    expect((await response).status).toBe(200);
  });

  test('is not read at every attempt where it is wrong', async () => {
    const { get, secret, storage } = await setUp({}, { request: 100, secretAge: 10_000 });
    storage.password = 'other';
    const responses = await Promise.all([get(), get()]);
    expect(responses.map(({ status }) => status)).toEqual([503, 503]);
    expect(secret.readings).toBe(1);
  });

  test('is in no line of the log, and neither are queries and values', async () => {
    const site = await setUp({ ALLOW_POSTS: 'true' }, { request: 100 });
    const { get, post, secret, storage, log, primary } = site;
    secret.text = '{"password": "hush" is not JSON';
    await get('/?token=hush');
    secret.text = secretOf('hush');
    await get();
    storage.password = 'hush';
    primary.loseNextInsert = true;
    expect((await post('title=hush&body=hush')).status).toBe(503);
    const reasons = log.filter(({ reason }) => reason).map(({ reason }) => reason);
    expect(reasons).toEqual(['BAD_SECRET', 'ECONNRESET']);
    expect(JSON.stringify(log)).not.toContain('hush');
  });
});

describe('requests', () => {
  test('have a line in the log, under the id of the load balancer', async () => {
    const { url, log } = await setUp();
    await fetch(`${url}/healthz`, { headers: { 'x-amzn-trace-id': 'Root=1-2-3' } });
    await vi.waitFor(() => expect(log.at(-1)).toHaveProperty('status'));
    const line = { event: 'request', method: 'GET', path: '/healthz', status: 200, requestId: 'Root=1-2-3' };
    expect(log.at(-1)).toEqual({ ...line, ms: expect.any(Number) });
  });

  test('find their connection open for longer than a load balancer keeps it', async () => {
    const { get } = await setUp();
    expect((await get('/healthz')).headers.get('keep-alive')).toBe('timeout=65');
  });

  test('that run at a stop end, and no others begin', async () => {
    const { application, primary, get, url, events } = await setUp({}, { stop: 10_000 });
    primary.turn('resets');
    const running = get();
    await vi.waitFor(() => expect(events()).toContain('database lost'), { interval: 5 });
    const stopped = application.stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    primary.turn('works');
    const response = await running;
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
    await vi.waitFor(() => expect(primary.connections).toBe(0), { interval: 5 });
    expect(primary.goodbyes).toBe(1);
  });

  test('that do not end are cut off at the limit of a stop', async () => {
    const { application, url } = await setUp({ ALLOW_POSTS: 'true' });
    const endless = startRequest(`${url}/news`, { method: 'POST', headers: FORM });
    const cut = once(endless, 'error');
    endless.write('title=');
    await vi.waitFor(() => expect(endless.socket?.bytesWritten).toBeGreaterThan(0), { interval: 5 });
    const begin = performance.now();
    await application.stop();
    expect(performance.now() - begin).toBeLessThan(SHORT.stop + 200);
    await cut;
  });
});

describe('the pool of connections', () => {
  const link = (): Link => ({
    connection: { destroy: () => undefined } as unknown as Link['connection'],
    socket: new Socket(),
  });

  test('lets nobody wait longer than its deadline, and forgets who left', async () => {
    const pool = new ConnectionPool(1, async () => link());
    const held = await pool.acquire(new Deadline(100));
    await expect(pool.acquire(new Deadline(10))).rejects.toThrow('in use');
    const next = pool.acquire(new Deadline(1_000));
    pool.release(held);
    expect(await next).toBe(held);
  });

  test('lets the next one try where a connection can not be opened', async () => {
    const attempts = [async () => Promise.reject(new Error('refused')), async () => link()];
    const pool = new ConnectionPool(1, async () => (attempts.shift() ?? link)());
    const first = pool.acquire(new Deadline(100));
    const second = pool.acquire(new Deadline(100));
    await expect(first).rejects.toThrow('refused');
    expect(await second).toHaveProperty('socket');
  });
});

describe('time', () => {
  test('between attempts doubles, is never twice the same, and has a limit', () => {
    const pauses = Array.from({ length: 50 }, () => pauseAfter(3, 1_000));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(400);
    expect(new Set(pauses).size).toBeGreaterThan(1);
    expect(pauseAfter(20, 1_000)).toBeLessThanOrEqual(1_000);
  });

  test('that is over is no time limit of 0, which mysql2 takes for none', () => {
    expect(new Deadline(-1).left()).toBe(1);
  });
});

describe('the configuration', () => {
  test('has defaults', () => {
    const { port, siteTitle, allowPosts, database } = readConfiguration({ ...ENVIRONMENT, PORT: '' });
    expect([port, siteTitle, allowPosts, database.connections]).toEqual([8080, 'Company news', false, 5]);
  });

  test('is refused with all its problems in one line', () => {
    expect(() => readConfiguration({ PORT: '80a', DATABASE_PORT: '70000', ALLOW_POSTS: 'yes' })).toThrow(
      /^company-news can't start: PORT="80a" is not [^\n]+ALLOW_POSTS="yes"[^\n]+AWS_REGION is missing[^\n]+DATABASE_HOST is missing[^\n]+DATABASE_PORT=70000 [^\n]+DATABASE_NAME[^\n]+DATABASE_SECRET_ARN[^\n]+$/,
    );
  });

  test('of the way to RDS checks the certificate and its name', () => {
    const { ssl } = rdsTransport(readConfiguration(ENVIRONMENT).database);
    expect(ssl).toMatchObject({ verifyIdentity: true });
    expect(ssl?.ca?.length).toBeGreaterThan(100);
    expect(ssl?.rejectUnauthorized).not.toBe(false);
  });

  test('of the time limits lets a read meet a silent connection and still be answered', () => {
    expect(LIMITS.statement + LIMITS.connect).toBeLessThan(LIMITS.request);
    expect(LIMITS.request).toBeLessThan(LIMITS.stop);
  });
});

describe('the process', () => {
  let bundle: string;

  beforeAll(() => {
    bundle = join(mkdtempSync(join(tmpdir(), 'company-news-')), 'server.js');
    buildSync({
      entryPoints: ['services/company-news/server.ts'],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
    });
    cpSync('services/company-news/public', join(dirname(bundle), 'public'), { recursive: true });
  });

  function run(environment: Record<string, string>) {
    const child = spawn(process.execPath, [bundle], { env: environment });
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output.text += chunk;
      });
    }
    cleanUps.push(() => child.kill('SIGKILL'));
    return { child, output, exit: once(child, 'close') };
  }

  test('does not start where something is missing', async () => {
    const { output, exit } = run({});
    expect((await exit)[0]).toBe(1);
    expect(output.text).toMatch(/^company-news can't start: AWS_REGION is missing.+\n$/);
  });

  test('serves without a database and ends at SIGTERM', async () => {
    const { child, output, exit } = run(ENVIRONMENT);
    const port = await vi.waitFor(() => {
      const [, found] = output.text.match(/"port":(\d+)/) ?? [];
      expect(found).toBeDefined();
      return found;
    }, 10_000);
    const answers = ['/healthz', '/stylesheet/site.css'].map((path) =>
      fetch(`http://127.0.0.1:${port}${path}`),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
    expect(output.text).toContain('"event":"stopped"');
  });
});
