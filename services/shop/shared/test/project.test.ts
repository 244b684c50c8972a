import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeAws, startAws } from './support/aws';
import { Program } from './support/program';
import { type Issuer, startIssuer } from './support/tokens';
import { waitFor } from './support/wait-for';

const PROJECT = join(__dirname, '..', '..');
const SERVICES = ['cart', 'customer', 'order', 'payment', 'product', 'review'];

/** Those that other services call. */
const INTERNAL = ['order', 'payment', 'product'];

/** What Docker gets to see, which has to be enough for a build. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-image-'));
  const lines = readFileSync(join(PROJECT, '.dockerignore'), 'utf8').trim().split('\n');
  const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const dropped = lines.filter((line) => line !== '*' && !line.startsWith('!'));
  expect(lines[0]).toBe('*');
  const seen = readdirSync(PROJECT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT.length + 1))
    .filter((file) => kept.includes(file.split('/', 1)[0] ?? ''))
    .filter((file) => !dropped.some((pattern) => matchesGlob(file, `${pattern}/**`)));
  for (const file of seen) cpSync(join(PROJECT, file), join(folder, file));
  // The packages, wherever they are: this project's own ones or those of the repository around it.
  const packages = dirname(dirname(createRequire(__filename).resolve('fastify/package.json')));
  symlinkSync(packages, join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const build = (...services: string[]) =>
  spawnSync(process.execPath, ['build.mts', ...services], { cwd: folder, encoding: 'utf8' });

test.each([[''], ['cart', 'nothing'], ['shared']])('a build of %j is refused', (...services) => {
  const { status, stderr } = build(...services);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(
      'is no service: give one or more of cart, customer, order, payment, product, review.',
    ),
  ]);
});

test('Docker does not get to see tests, packages, or what was built before', () => {
  const files = readdirSync(folder);
  expect(files.sort()).toEqual(
    [
      ...SERVICES,
      'build.mts',
      'node_modules',
      'package-lock.json',
      'package.json',
      'shared',
      'tsconfig.json',
    ].sort(),
  );
  expect(readdirSync(join(folder, 'cart'))).not.toContain('test');
});

describe('each service, as it is released', () => {
  let aws: FakeAws;
  let issuer: Issuer;

  beforeAll(async () => {
    const { status, stderr } = build();
    expect([status, stderr]).toEqual([0, '']);
    aws = await startAws();
    issuer = await startIssuer();
    await aws.createTable('things', {
      outbox: { partition: 'outbox', sort: 'createdAt' },
      unfinished: { partition: 'unfinished', sort: 'nextAttemptAt', sortType: 'N', projection: 'KEYS_ONLY' },
      category: { partition: 'category', sort: 'sk' },
    });
    aws.on('secretsmanager.GetSecretValue', () => ({ SecretString: 'x'.repeat(64) }));
  }, 120_000);
  afterAll(async () => {
    await aws.close();
    await issuer.close();
  });

  test.each(SERVICES)('%s is ready, and stops when told', async (service) => {
    const other = 'http://127.0.0.1:1';
    const program = Program.start(
      {
        AWS_ENDPOINT_URL: aws.url,
        TABLE_NAME: 'things',
        QUEUE_URL: aws.queue(service).url,
        TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:things',
        KEY_ID: 'arn:aws:kms:eu-west-1:123456789012:key/1234',
        SIGNING_SECRET_ID: 'shop/tokens',
        CUSTOMER_URL: issuer.url,
        PRODUCT_URL: other,
        ORDER_URL: other,
        PAYMENT_URL: other,
        VERSION: 'v-1',
      },
      join(folder, 'dist', service),
    );
    const { port, internal } = await program.listens();
    const ask = async (path: string) => await fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await ask('/version')).json()).toEqual({ service, version: 'v-1' });
    await waitFor(async () => expect((await ask('/readyz')).status).toBe(200));
    expect(internal > 0).toBe(INTERNAL.includes(service));
    program.send('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(program.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(program.events.slice(-1)).toEqual(['stopped']);
  });

  test.each(SERVICES)('%s says all that is missing in its environment', async (service) => {
    const program = Program.start({ AWS_REGION: '' }, join(folder, 'dist', service));
    expect(await program.exit).toBe(1);
    const [line, ...more] = program.lines;
    expect(more).toEqual([]);
    expect(line?.message).toMatch(
      new RegExp(`^${service} can't start: AWS_REGION is missing; .+; TABLE_NAME is missing; `),
    );
  });
});

describe('the image', () => {
  const stages = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .split(/^(?=FROM )/m)
    .slice(1);

  test('is made without anything that runs for another platform than that of the machine', () => {
    const run = stages.filter((stage) => /^RUN /m.test(stage));
    expect(run).toHaveLength(2);
    for (const stage of run) expect(stage).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
    expect(stages.at(-1)).toMatch(/^FROM scratch\nCOPY --from=base \/image \/\n/);
  });

  test('runs one file, as nobody in particular', () => {
    const last = stages.at(-1);
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^ENTRYPOINT \["node", "server.cjs"\]$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^ENV PATH=\S*\/usr\/local\/bin:.* NODE_ENV=production$/m);
  });
});
