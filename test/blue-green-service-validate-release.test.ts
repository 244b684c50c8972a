import type { ServerResponse } from 'node:http';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CapturedOutput, captureOutput } from './support/captured-output';
import { CONTAINER, FakeEcs } from './support/fake-ecs';
import { type AskedPage, FakeLoadBalancer, LOAD_BALANCER } from './support/fake-load-balancer';
import { answerJson, FakeFailure, xmlError } from './support/fake-operations';
import { startService, stubFunction } from './support/local-service';
import { selfSignedCertificate } from './support/self-signed-certificate';

/** The milliseconds that the function waited; its clock shows nothing else. */
const pauses: number[] = [];
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => {
    pauses.push(milliseconds);
    vi.advanceTimersByTime(milliseconds);
  },
}));

const DOMAIN = 'board.example.com';
const REPOSITORY = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/board/notices';

const ENVIRONMENT = {
  LOAD_BALANCER,
  PROTOCOL: 'http',
  HOST: DOMAIN,
  CHECKS: JSON.stringify([{ path: '/readyz', status: 200 }]),
  VERSION_PATH: '/version',
  REPOSITORY_URI: REPOSITORY,
  CONTAINER_NAME: CONTAINER,
  PATIENCE_SECONDS: '10',
};

type Pages = Readonly<Record<string, (asked: AskedPage, response: ServerResponse) => unknown>>;

const HEALTHY: Pages = {
  '/readyz': (_, response) => response.end('ready'),
  '/version': (_, response) => response.end('{"service":"notice-board","version":"2222222"}'),
};

const says =
  (status: number, text = '', headers = {}): Pages[string] =>
  (_, response) =>
    response.writeHead(status, headers).end(text);

let ecs: FakeEcs;
let output: CapturedOutput;
const cleanUps: (() => unknown)[] = [];

beforeEach(() => {
  ecs = new FakeEcs(`${REPOSITORY}:1111111`);
  output = captureOutput();
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(async () => {
  output.restore();
  pauses.length = 0;
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface SetUp {
  readonly addresses?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly image?: string;
  readonly certificate?: ReturnType<typeof selfSignedCertificate>;
  readonly isBusy?: (operation: string) => boolean;
}

/** A release whose tasks answer at the test listener. */
async function setUp(pages: Pages = HEALTHY, options: SetUp = {}) {
  const { addresses = 2, certificate, environment, image = `${REPOSITORY}:2222222`, isBusy } = options;
  const balancer = await FakeLoadBalancer.start(
    addresses,
    (asked, response) => (pages[asked.path] ?? says(404))(asked, response),
    certificate,
  );
  const aws = await startService((request) => {
    const isJson = request.headers['x-amz-target'] !== undefined;
    if (!isBusy?.(isJson ? 'ecs' : 'ec2')) {
      return isJson ? answerJson(request, ecs.operations) : balancer.describe(request);
    }
    const name = 'AccessDenied';
    const refuse = () => {
      throw new FakeFailure(name, 'no right');
    };
    return isJson
      ? answerJson(request, { DescribeServiceRevisions: refuse })
      : xmlError(name, 'no right', 403);
  });
  cleanUps.push(
    () => balancer.close(),
    () => aws.close(),
  );
  stubFunction(aws.url, { ...ENVIRONMENT, TEST_PORT: `${balancer.port}`, ...environment });
  const { targetServiceRevision } = ecs.deploy(ecs.define({ image }).taskDefinitionArn ?? '');
  const event = { executionDetails: { targetServiceRevisionArn: `${targetServiceRevision?.arn}` } };
  const { handler } = await import('../lambda/blue-green-service/validate-release.js');
  const validate = (timeLeft = 900_000) => handler(event, { getRemainingTimeInMillis: () => timeLeft });
  return { aws: aws.requests, balancer, event, validate };
}

/** What the function logged, once. */
function logged() {
  expect(output.lines).toHaveLength(1);
  return JSON.parse(output.lines[0] ?? '');
}

const SUCCEEDED = { hookStatus: 'SUCCEEDED' };
const FAILED = { hookStatus: 'FAILED' };

describe('a release', () => {
  test('is seen by users when all addresses pass all checks', async () => {
    const { aws, balancer, validate } = await setUp();
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    const pages = ['127.0.0.1', '127.0.0.2'].flatMap((address) =>
      ['/readyz', '/version'].map((path) => ({ address, path, host: DOMAIN })),
    );
    const byPlace = (one: AskedPage, other: AskedPage) =>
      `${one.address}${one.path}`.localeCompare(`${other.address}${other.path}`);
    expect(balancer.asked.sort(byPlace)).toEqual(pages);
    expect(aws).toHaveLength(2);
    expect(logged()).toEqual({
      level: 'INFO',
      message: 'The release passed all checks',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      image: `${REPOSITORY}:2222222`,
      rounds: 1,
      addresses: ['127.0.0.1', '127.0.0.2'],
      version: '2222222',
      problems: undefined,
    });
  });

  test('is known by its address where there is no domain name', async () => {
    const { balancer, validate } = await setUp(HEALTHY, { addresses: 1, environment: { HOST: '' } });
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(balancer.asked.map(({ host }) => host)).toEqual(
      Array.from({ length: 2 }, () => `127.0.0.1:${balancer.port}`),
    );
  });

  test('has addresses on several pages, of which those count that are in use and of IPv4', async () => {
    const { balancer, validate } = await setUp(HEALTHY, { addresses: 3 });
    balancer.interfaces = [
      { address: '127.0.0.3', status: 'in-use' },
      { address: '127.0.0.77', status: 'attaching' },
      { status: 'in-use' },
      { address: '127.0.0.1', status: 'in-use' },
    ];
    balancer.pageSize = 1;
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(logged().addresses).toEqual(['127.0.0.1', '127.0.0.3']);
  });

  test.each([
    [`${REPOSITORY}:other`, true],
    [`${REPOSITORY}@sha256:${'ab'.repeat(32)}`, false],
    [`${REPOSITORY}:other@sha256:${'ab'.repeat(32)}`, true],
    [`${REPOSITORY}-two:other`, false],
    ['public.ecr.aws/initial:1', false],
  ])('%s has a version to be compared: %s', async (image, isCompared) => {
    const { balancer, validate } = await setUp(HEALTHY, { addresses: 1, image });
    await expect(validate()).resolves.toEqual(isCompared ? FAILED : SUCCEEDED);
    expect(balancer.asked.some(({ path }) => path === '/version')).toBe(isCompared);
  });

  test('has no version to be compared where no page says it, and ECS is not asked', async () => {
    const { aws, validate } = await setUp(HEALTHY, { environment: { VERSION_PATH: '' } });
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(aws.filter(({ headers }) => headers['x-amz-target'])).toEqual([]);
  });

  test('passes other checks, too', async () => {
    const checks = [
      { path: '/readyz?deep=yes', status: 200, contains: 'ready' },
      { path: '/old', status: 301 },
      { path: '/secret', status: 401, contains: '' },
      { path: '//other.example.com/', status: 203 },
    ];
    const { validate } = await setUp(
      {
        ...HEALTHY,
        '/readyz?deep=yes': says(200, 'all is ready'),
        '/old': says(301, '', { location: '/new' }),
        '/secret': says(401),
        '//other.example.com/': says(203),
      },
      { environment: { CHECKS: JSON.stringify(checks) } },
    );
    await expect(validate()).resolves.toEqual(SUCCEEDED);
  });

  test('may answer with more than is read', async () => {
    const { validate } = await setUp(
      { ...HEALTHY, '/readyz': (_, response) => response.write('x'.repeat(2_000_000)) },
      { addresses: 1 },
    );
    await expect(validate()).resolves.toEqual(SUCCEEDED);
  });

  test('may take a while', async () => {
    let asked = 0;
    const { balancer, validate } = await setUp({
      ...HEALTHY,
      '/readyz': ({ address }, response) => {
        if (address === '127.0.0.2') asked += 1;
        const isReady = address === '127.0.0.1' || asked > 3;
        response.writeHead(isReady ? 200 : 503).end();
      },
    });
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(pauses).toEqual([2000, 2000, 2000]);
    expect(balancer.asked.filter(({ address }) => address === '127.0.0.1')).toHaveLength(8);
    expect(logged()).toMatchObject({ level: 'INFO', rounds: 4 });
  });

  test('must pass at all addresses at the same time', async () => {
    let asked = 0;
    const { validate } = await setUp({
      ...HEALTHY,
      '/readyz': (_, response) => {
        asked += 1;
        response.writeHead(asked % 2 === 0 ? 200 : 503).end();
      },
    });
    await expect(validate()).resolves.toEqual(FAILED);
  });

  test.each(['ecs', 'ec2'])('may be looked at when the right is there: %s', async (service) => {
    let refused = 0;
    const { validate } = await setUp(HEALTHY, {
      isBusy: (asked) => {
        if (asked !== service) return false;
        refused += 1;
        return refused <= 2;
      },
    });
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(pauses).toEqual([2000, 2000]);
  });

  test('is asked for its image once', async () => {
    const { aws, validate } = await setUp({ ...HEALTHY, '/readyz': says(503) });
    await validate();
    expect(aws.filter(({ headers }) => headers['x-amz-target'])).toHaveLength(1);
  });
});

describe('a release is rolled back, and the log says why, where', () => {
  async function problemsWith(pages: Pages, options: SetUp = {}) {
    const { balancer, validate } = await setUp({ ...HEALTHY, ...pages }, { addresses: 1, ...options });
    await expect(validate()).resolves.toEqual(FAILED);
    const { level, message, problems } = logged();
    expect({ level, message }).toEqual({ level: 'ERROR', message: 'The release did not pass its checks' });
    return problems.map((problem: string) => problem.replaceAll(`127.0.0.1:${balancer.port}`, 'ADDRESS'));
  }

  test.each([204, 404, 500, 503])('a page answers %d', async (status) => {
    await expect(problemsWith({ '/readyz': says(status) })).resolves.toEqual([
      `http://ADDRESS/readyz answered ${status} and not 200`,
    ]);
  });

  test('a page leads elsewhere', async () => {
    const redirect = says(302, '', { location: '/version' });
    await expect(problemsWith({ '/readyz': redirect })).resolves.toEqual([
      'http://ADDRESS/readyz answered 302, which leads to /version, and not 200',
    ]);
  });

  test('a page says something else', async () => {
    const CHECKS = JSON.stringify([{ path: '/readyz', status: 200, contains: 'all "well"' }]);
    await expect(problemsWith({}, { environment: { CHECKS } })).resolves.toEqual([
      'http://ADDRESS/readyz does not contain "all \\"well\\""',
    ]);
  });

  test.each([
    [
      '{"version":"1111111"}',
      'is of version "1111111" and not "2222222": the test listener does not lead to the release',
    ],
    [
      '{"version":2222222}',
      'is of version 2222222 and not "2222222": the test listener does not lead to the release',
    ],
    ['{}', 'names no version'],
    ['null', 'names no version'],
    ['<html>', 'names no version'],
    ['', 'names no version'],
  ])('the version is %s', async (text, problem) => {
    await expect(problemsWith({ '/version': says(200, text) })).resolves.toEqual([
      `http://ADDRESS/version ${problem}`,
    ]);
  });

  test('the page of the version is missing', async () => {
    await expect(problemsWith({ '/version': says(404) })).resolves.toEqual([
      'http://ADDRESS/version answered 404 and not 200',
    ]);
  });

  test('a connection is closed without a word', async () => {
    const problems = await problemsWith({ '/readyz': (_, response) => response.socket?.destroy() });
    expect(problems).toEqual([expect.stringMatching(/^http:\/\/ADDRESS\/readyz did not answer: \w+/)]);
  });

  test('an answer breaks off', async () => {
    const problems = await problemsWith({
      '/readyz': (_, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('ready');
        setImmediate(() => response.destroy());
      },
    });
    expect(problems).toEqual([
      'http://ADDRESS/readyz did not answer: its answer broke off, or took longer than 5 seconds',
    ]);
  });

  test('the load balancer has no address', async () => {
    const { balancer, validate } = await setUp();
    balancer.interfaces = [{ status: 'in-use' }];
    await expect(validate()).resolves.toEqual(FAILED);
    expect(logged().problems).toEqual([
      `the load balancer ${LOAD_BALANCER} has no private IPv4 address in use`,
    ]);
  });

  test('nobody listens at one of the addresses', async () => {
    const { balancer, validate } = await setUp();
    balancer.interfaces.push({ address: '127.0.0.99', status: 'in-use' });
    await expect(validate()).resolves.toEqual(FAILED);
    const { addresses, problems, version } = logged();
    expect({ addresses, version }).toEqual({
      addresses: ['127.0.0.1', '127.0.0.2', '127.0.0.99'],
      version: '2222222',
    });
    expect(problems).toEqual(
      ['/readyz', '/version'].map(
        (path) =>
          `http://127.0.0.99:${balancer.port}${path} did not answer: connect ECONNREFUSED 127.0.0.99:${balancer.port}`,
      ),
    );
  });

  test.each(['ecs', 'ec2'])('a right lacks: %s', async (service) => {
    const problems = await problemsWith({}, { isBusy: (asked) => asked === service });
    expect(problems).toEqual(['AccessDenied: no right']);
  });

  test('there is no such container', async () => {
    const problems = await problemsWith({}, { environment: { CONTAINER_NAME: 'web' } });
    expect(problems).toEqual([
      `the service revision ${ecs.deployments[0]?.targetServiceRevision?.arn} has no container web`,
    ]);
  });
});

describe('patience', () => {
  const NEVER = { ...HEALTHY, '/readyz': says(503) };

  test.each([
    ['0', 0],
    ['1', 0],
    ['2', 1],
    ['10', 5],
    ['300', 150],
  ])('of %s seconds is enough for %d rounds more', async (PATIENCE_SECONDS, rounds) => {
    const { validate } = await setUp(NEVER, { addresses: 1, environment: { PATIENCE_SECONDS } });
    await expect(validate()).resolves.toEqual(FAILED);
    expect(pauses).toEqual(Array.from({ length: rounds }, () => 2000));
    expect(logged().rounds).toBe(rounds + 1);
  });

  test.each([
    [1000, 0],
    [61_999, 0],
    [62_000, 1],
    [66_000, 3],
  ])('ends a minute before the function, with %d milliseconds left', async (timeLeft, rounds) => {
    const { validate } = await setUp(NEVER, { addresses: 1 });
    await expect(validate(timeLeft)).resolves.toEqual(FAILED);
    expect(pauses).toHaveLength(rounds);
  });

  test.each<[string, (response: ServerResponse) => unknown, string]>([
    ['says nothing', () => undefined, 'nothing came within 5 seconds'],
    [
      'does not come to its end',
      (response) => response.write('ready'),
      'its answer broke off, or took longer than 5 seconds',
    ],
  ])('lasts 5 seconds with a page that %s', async (_, answer, problem) => {
    let ask = () => {};
    const isAsked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const { balancer, validate } = await setUp(
      {
        ...HEALTHY,
        '/readyz': (__, response) => {
          answer(response);
          ask();
        },
      },
      { addresses: 1, environment: { PATIENCE_SECONDS: '0', VERSION_PATH: '' } },
    );
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const settled = vi.fn();
    const outcome = validate().finally(settled);
    await isAsked;
    await vi.advanceTimersByTimeAsync(4999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await expect(outcome).resolves.toEqual(FAILED);
    expect(logged().problems).toEqual([
      `http://127.0.0.1:${balancer.port}/readyz did not answer: ${problem}`,
    ]);
  });
});

describe('https', () => {
  async function secure(certified: string, isTrusted = true) {
    const certificate = selfSignedCertificate(certified);
    const before = getCACertificates('default');
    cleanUps.push(() => setDefaultCACertificates(before));
    if (isTrusted) setDefaultCACertificates([...before, certificate.cert]);
    return setUp(HEALTHY, { certificate, environment: { PROTOCOL: 'https', PATIENCE_SECONDS: '0' } });
  }

  test('names the domain at every address, whose certificate must be for it', async () => {
    const { balancer, validate } = await secure(DOMAIN);
    await expect(validate()).resolves.toEqual(SUCCEEDED);
    expect(balancer.asked).toHaveLength(4);
    for (const asked of balancer.asked) expect(asked).toMatchObject({ host: DOMAIN, servername: DOMAIN });
  });

  test.each([
    ['is for another domain', 'other.example.com', true, /altnames/],
    ['nobody vouches for', DOMAIN, false, /self-signed certificate/],
  ])('fails where the certificate %s', async (_, certified, isTrusted, reason) => {
    const { balancer, validate } = await secure(certified, isTrusted);
    await expect(validate()).resolves.toEqual(FAILED);
    expect(balancer.asked).toEqual([]);
    expect(logged().problems).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(reason)));
  });
});

describe('a wrong environment stops the function at its start', () => {
  const checks = (...list: unknown[]) => JSON.stringify(list);
  const refused = 'no list of checks, each with a path and a status';

  test.each<readonly [string, string | undefined, string]>([
    ...Object.keys(ENVIRONMENT).map((name) => [name, undefined, `${name} is missing`] as const),
    ...Object.keys(ENVIRONMENT)
      .filter((name) => !['HOST', 'VERSION_PATH'].includes(name))
      .map((name) => [name, '', `${name} is empty`] as const),
    ['PROTOCOL', 'ftp', 'PROTOCOL is ftp, and not http or https'],
    ['TEST_PORT', '0', 'TEST_PORT is 0, and no whole number from 1 to 65535'],
    ['TEST_PORT', '65536', 'TEST_PORT is 65536, and no whole number from 1 to 65535'],
    ['TEST_PORT', '8e3', 'TEST_PORT is 8e3, and no whole number from 1 to 65535'],
    ['PATIENCE_SECONDS', '901', 'PATIENCE_SECONDS is 901, and no whole number from 0 to 900'],
    ['PATIENCE_SECONDS', '-1', 'PATIENCE_SECONDS is -1, and no whole number from 0 to 900'],
    ['PATIENCE_SECONDS', '1.5', 'PATIENCE_SECONDS is 1.5, and no whole number from 0 to 900'],
    ['VERSION_PATH', 'version', 'VERSION_PATH is version, and no path'],
    ['CHECKS', 'text', `CHECKS is text, and ${refused}`],
    ['CHECKS', '{}', `CHECKS is {}, and ${refused}`],
    ['CHECKS', '[]', `CHECKS is [], and ${refused}`],
    ['CHECKS', checks(null), `CHECKS is [null], and ${refused}`],
    ['CHECKS', checks({ path: '/', status: 200 }, {}), refused],
    ['CHECKS', checks({ path: 'readyz', status: 200 }), refused],
    ['CHECKS', checks({ path: 1, status: 200 }), refused],
    ['CHECKS', checks({ path: '/readyz' }), refused],
    ['CHECKS', checks({ path: '/readyz', status: '200' }), refused],
    ['CHECKS', checks({ path: '/readyz', status: 200, contains: 1 }), refused],
  ])('%s is %s', async (name, value, message) => {
    await expect(setUp(HEALTHY, { environment: { [name]: value } })).rejects.toThrow(message);
  });

  test('HOST is empty with https', async () => {
    await expect(setUp(HEALTHY, { environment: { PROTOCOL: 'https', HOST: '' } })).rejects.toThrow(
      'the environment variable HOST is empty',
    );
  });
});

test('a revision that ECS does not know is no image', async () => {
  const { event, validate } = await setUp();
  ecs.deployments.length = 0;
  await expect(validate()).resolves.toEqual(FAILED);
  const { targetServiceRevisionArn: arn } = event.executionDetails;
  expect(logged().problems).toEqual([`the service revision ${arn} has no container ${CONTAINER}`]);
});
