import dns from 'node:dns';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { selfSignedCertificate } from './support/self-signed-certificate';

const DOMAIN = 'intranet.example.com';

type LookUpDone = (error: Error | null, addresses: dns.LookupAddress[]) => void;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Lets a server listen, and returns its address. */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function load(environment: Readonly<Record<string, string | undefined>> = {}) {
  const variables = { PROTOCOL: 'http', HOST: '', CHECK_PATH: '/health', ...environment };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
  const { handler } = await import('../lambda/disaster-recovery/verify.js');
  return handler;
}

const answerWith = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  listen(createHttp((_, response) => response.writeHead(status, headers).end('text')));

/** Speaks for itself, without HTTP. */
const sendRaw = (bytes: string) =>
  listen(createTcp((socket) => socket.on('error', () => undefined).end(bytes)));

const notServing = (message: unknown) => ({ name: 'NotServing', message });

describe('a page', () => {
  test('is asked for by its path and the domain name, with GET', async () => {
    const asked: unknown[] = [];
    const address = await listen(
      createHttp(({ headers: { connection, host }, method, url }, response) => {
        asked.push({ connection, host, method, url });
        response.end('text');
      }),
    );
    const verify = await load({ HOST: DOMAIN, CHECK_PATH: '/health?deep=yes' });
    await expect(verify({ address })).resolves.toEqual({ status: 200, milliseconds: expect.any(Number) });
    expect(asked).toEqual([{ connection: 'close', host: DOMAIN, method: 'GET', url: '/health?deep=yes' }]);
  });

  test('is asked for by the address where there is no domain name', async () => {
    const hosts: unknown[] = [];
    const address = await listen(
      createHttp(({ headers: { host } }, response) => {
        hosts.push(host);
        response.end();
      }),
    );
    await (await load())({ address });
    expect(hosts).toEqual([address]);
  });

  test('counts when its head is there, however long the rest takes', async () => {
    const closed = vi.fn();
    const address = await listen(
      createHttp((_, response) =>
        response.on('close', closed).writeHead(200, { 'content-length': 1_000_000 }).write('x'),
      ),
    );
    await expect((await load())({ address })).resolves.toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  test('takes the milliseconds that it takes', async () => {
    const address = await listen(createHttp((_, response) => setTimeout(() => response.end(), 120)));
    const { milliseconds } = await (await load())({ address });
    expect(milliseconds).toBeGreaterThanOrEqual(115);
    expect(milliseconds).toBeLessThan(10_000);
    expect(milliseconds).toBe(Math.round(milliseconds));
  });

  test('is asked for anew each time, so that no old connection answers', async () => {
    let connections = 0;
    const server = createHttp((_, response) => response.end()).on('connection', () => {
      connections += 1;
    });
    const address = await listen(server);
    const verify = await load();
    await verify({ address });
    await verify({ address });
    expect(connections).toBe(2);
  });
});

describe('NotServing is', () => {
  test.each([204, 302, 401, 404, 500, 502, 503, 504])('the answer %d', async (status) => {
    const address = await answerWith(status);
    await expect((await load())({ address })).rejects.toMatchObject(
      notServing(`http://${address}/health answered ${status}`),
    );
  });

  test('a redirect, which is not followed', async () => {
    const target = await answerWith(200);
    const address = await answerWith(301, { location: `http://${target}/` });
    await expect((await load())({ address })).rejects.toMatchObject(
      notServing(`http://${address}/health answered 301, which leads to http://${target}/`),
    );
  });

  test('a refused connection', async () => {
    const server = createHttp();
    const address = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect((await load())({ address })).rejects.toMatchObject(
      notServing(`http://${address}/health did not answer: connect ECONNREFUSED ${address}`),
    );
  });

  test('a refusal by all addresses of a name', async () => {
    const server = createHttp();
    const port = (await listen(server)).split(':')[1];
    await new Promise((resolve) => server.close(resolve));
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, done: LookUpDone) => {
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    }) as typeof dns.lookup);
    cleanUps.push(() => lookup.mockRestore());
    const address = `several.example.com:${port}`;
    await expect((await load())({ address })).rejects.toMatchObject(
      notServing(`http://${address}/health did not answer: ECONNREFUSED`),
    );
  });

  test('a name that leads nowhere', async () => {
    await expect((await load())({ address: 'nowhere.invalid' })).rejects.toMatchObject(
      notServing(
        expect.stringMatching(/^http:\/\/nowhere\.invalid\/health did not answer: getaddrinfo E\w+/),
      ),
    );
  });

  test.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['a head that ends half-way', 'HTTP/1.1 200'],
    ['an end without a word', ''],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const address = await sendRaw(bytes);
    await expect((await load())({ address })).rejects.toMatchObject(
      notServing(expect.stringMatching(/ did not answer: \w.+/)),
    );
  });

  test.each<[string, RequestListener | undefined]>([
    ['says nothing', undefined],
    ['says that it is still at work', (_, response) => response.writeProcessing()],
  ])('a server that %s for 10 seconds', async (_, listener = () => undefined) => {
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const address = await listen(
      createHttp((request, response) => {
        listener(request, response);
        asked();
      }),
    );
    const verify = await load();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const settled = vi.fn();
    const outcome = verify({ address }).finally(settled);
    const refused = expect(outcome).rejects.toMatchObject(
      notServing(`http://${address}/health did not answer: nothing came within 10 seconds`),
    );
    await isAsked;
    await vi.advanceTimersByTimeAsync(9999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  test('no timer stays behind an answer', async () => {
    const address = await answerWith(200);
    const verify = await load();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await verify({ address });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
  });
});

describe('https', () => {
  async function secureServer(certified: string, isTrusted = true) {
    const certificate = selfSignedCertificate(certified);
    const asked: unknown[] = [];
    const server = createHttps(certificate, (request, response) => {
      const { servername } = request.socket as { servername?: string | false };
      asked.push({ servername, host: request.headers.host });
      response.end();
    });
    const address = await listen(server);
    const before = getCACertificates('default');
    cleanUps.push(() => setDefaultCACertificates(before));
    if (isTrusted) setDefaultCACertificates([...before, certificate.cert]);
    return { address, asked };
  }

  test('names the domain to the server, whose certificate must be for it', async () => {
    const { address, asked } = await secureServer(DOMAIN);
    const verify = await load({ PROTOCOL: 'https', HOST: DOMAIN });
    await expect(verify({ address })).resolves.toMatchObject({ status: 200 });
    expect(asked).toEqual([{ servername: DOMAIN, host: DOMAIN }]);
  });

  test.each([
    ['is for another domain', 'other.example.com', true, /altnames/],
    ['nobody vouches for', DOMAIN, false, /self-signed certificate/],
  ])('is NotServing where the certificate %s', async (_, certified, isTrusted, reason) => {
    const { address, asked } = await secureServer(certified, isTrusted);
    const verify = await load({ PROTOCOL: 'https', HOST: DOMAIN });
    await expect(verify({ address })).rejects.toMatchObject(notServing(expect.stringMatching(reason)));
    expect(asked).toEqual([]);
  });

  test('is NotServing where the server speaks HTTP', async () => {
    const address = await answerWith(200);
    const verify = await load({ PROTOCOL: 'https', HOST: DOMAIN });
    await expect(verify({ address })).rejects.toMatchObject(
      notServing(expect.stringContaining(`https://${address}/health did not answer: `)),
    );
  });
});

test.each(['', 'name/path', 'name@other', 'http://name', 'name:port', undefined])(
  'the address %j is refused, which no repetition would change',
  async (address) => {
    const verify = await load();
    const outcome = verify(address === undefined ? JSON.parse('{}') : { address });
    await expect(outcome).rejects.toMatchObject({
      name: 'Error',
      message: `the event's address is ${JSON.stringify(address)}, and not a DNS name`,
    });
  },
);

describe('a wrong environment stops the function at its start', () => {
  test.each([
    ['PROTOCOL', undefined, 'the environment variable PROTOCOL is missing'],
    ['PROTOCOL', 'ftp', 'the environment variable PROTOCOL is ftp, and not http or https'],
    ['HOST', undefined, 'the environment variable HOST is missing'],
    ['CHECK_PATH', undefined, 'the environment variable CHECK_PATH is missing'],
    ['CHECK_PATH', '', 'the environment variable CHECK_PATH is empty'],
  ])('%s: %s', async (name, value, message) => {
    await expect(load({ [name]: value })).rejects.toThrow(message);
  });
});
