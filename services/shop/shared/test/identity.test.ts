import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIdentity, type Identity } from '../identity';
import type { Service } from '../service';
import { quietLog } from './support/quiet-log';
import { type OpenedService, openService } from './support/service';
import { type Issuer, startIssuer } from './support/tokens';
import { waitFor } from './support/wait-for';

let issuer: Issuer;
let identity: Identity;
let opened: OpenedService;
let { log, lines } = quietLog();

const serviceOf = (one: Identity): Service => ({
  routes(app) {
    app.post('/me', { onRequest: one.authenticate }, async ({ customerId }) => ({ customerId }));
  },
  check: async () => undefined,
});

beforeEach(async () => {
  issuer = await startIssuer();
  ({ log, lines } = quietLog());
  identity = createIdentity({ customerUrl: issuer.url, log });
  opened = await openService('cups', serviceOf(identity));
});
afterEach(async () => {
  vi.useRealTimers();
  await identity.background.stop();
  await opened.close();
  await issuer.close();
});

const ask = (headers: Record<string, string>) =>
  opened.app.inject({ method: 'POST', url: '/me', headers, payload: { any: 'thing' } });
const askWith = async (token: string) => await ask({ authorization: `Bearer ${token}` });

test('a token tells who asks', async () => {
  const answer = await ask(await issuer.headersOf('customer-1'));
  expect([answer.statusCode, answer.json()]).toEqual([200, { customerId: 'customer-1' }]);
});

test('the keys are read once', async () => {
  await Promise.all(
    ['1', '2', '3'].map(async (id) => expect(await identity.verify(await issuer.tokenFor(id))).toBe(id)),
  );
  expect(await identity.verify(await issuer.tokenFor('4'))).toBe('4');
  expect(issuer.reads).toBe(1);
});

test.each([
  ['no token', {}],
  ['another scheme', { authorization: 'Basic YTpi' }],
  ['no JWT', { authorization: 'Bearer abc' }],
])('%s is refused before the body is read', async (_what, headers) => {
  const answer = await opened.app.inject({
    method: 'POST',
    url: '/me',
    headers: { ...headers, 'content-type': 'application/json' },
    payload: '{',
  });
  expect([answer.statusCode, answer.json().type, answer.headers['www-authenticate']]).toEqual([
    401,
    'urn:shop:unauthenticated',
    'Bearer realm="shop"',
  ]);
});

test.each([
  ['of another issuer', { iss: 'other' }],
  ['for others', { aud: 'other' }],
  ['of nobody', { sub: undefined }],
  ['without an end', { exp: undefined }],
  ['that begins later', { nbf: Math.floor(Date.now() / 1_000) + 100 }],
])('a token %s is refused', async (_what, claims) => {
  const answer = await askWith(await issuer.tokenFor('customer-1', claims));
  expect([answer.statusCode, answer.json().detail]).toEqual([401, 'The token is not valid.']);
});

test('a token that has expired says so', async () => {
  const exp = Math.floor(Date.now() / 1_000) - 1;
  const answer = await askWith(await issuer.tokenFor('customer-1', { exp }));
  expect([answer.statusCode, answer.json().detail]).toEqual([
    401,
    'The token has expired. Please sign in again.',
  ]);
});

test('a token that somebody else has signed, or nobody, is refused', async () => {
  const [head, claims] = (await issuer.tokenFor('customer-1')).split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const secret = await new SignJWT({ iss: 'shop', aud: 'shop', sub: 'x' })
    .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .setExpirationTime('5m')
    .sign(Buffer.alloc(32));
  const other = await startIssuer();
  const foreign = await other.tokenFor('customer-1');
  await other.close();
  for (const token of [`${head}.${claims}.${'A'.repeat(86)}`, `${none}.${claims}.AAAA`, secret, foreign]) {
    const answer = await askWith(token);
    expect([answer.statusCode, answer.json().detail]).toEqual([401, 'The token is not valid.']);
  }
});

test('a token of another algorithm is refused, though its key is shown', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'other', alg: 'ES256' }];
  const other = createIdentity({ readKeys: async () => ({ keys }), log: quietLog().log });
  const token = await new SignJWT({ iss: 'shop', aud: 'shop', sub: 'x' })
    .setProtectedHeader({ alg: 'ES256', kid: 'other' })
    .setExpirationTime('5m')
    .sign(privateKey);
  await expect(other.verify(token)).rejects.toMatchObject({ statusCode: 401 });
});

test('tokens are still known when the service that signs them is away', async () => {
  const token = await issuer.tokenFor('customer-1');
  await identity.verify(token);
  issuer.answerWith(500);
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  vi.setSystemTime(Date.now() + 600_000);
  vi.advanceTimersByTime(86_400_000);
  vi.setSystemTime(Date.now() - 86_400_000);
  expect(await identity.verify(token)).toBe('customer-1');
});

test('a new key is known soon, and who asks with unknown ones can not make it ask all the time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  expect(await identity.verify(await issuer.tokenFor('a'))).toBe('a');
  await issuer.rotate(true);
  const token = await issuer.tokenFor('b');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(identity.verify(token)).rejects.toMatchObject({ statusCode: 401 });
  }
  expect(issuer.reads).toBe(1);
  vi.advanceTimersByTime(30_001);
  expect(await identity.verify(token)).toBe('b');
  expect(issuer.reads).toBe(2);
  issuer.answerWith(500);
  await issuer.rotate(true);
  const unknown = await issuer.tokenFor('c');
  vi.advanceTimersByTime(30_001);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(identity.verify(unknown)).rejects.toMatchObject({ statusCode: 401 });
  }
  expect(issuer.reads).toBe(3);
});

test('before any key is known, it is the other service that is missing', async () => {
  issuer.answerWith(503);
  const answer = await ask(await issuer.headersOf('customer-1'));
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    expect.objectContaining({ type: 'urn:shop:dependency-unavailable', dependency: 'customer' }),
  ]);
});

test('the background reads the keys until there are some', async () => {
  issuer.answerWith(503);
  identity.background.start();
  await waitFor(() => expect(lines).toEqual([expect.objectContaining({ level: 'warn', event: 'keys' })]));
  issuer.answerWith(200);
  await waitFor(() => expect(issuer.reads).toBe(2));
  expect(await identity.verify(await issuer.tokenFor('a'))).toBe('a');
  expect(issuer.reads).toBe(2);
});

test('an answer without keys does not take those away that are known', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const token = await issuer.tokenFor('a');
  await identity.verify(token);
  issuer.showNone();
  vi.advanceTimersByTime(30_001);
  const other = await startIssuer();
  await other.rotate(false);
  await expect(identity.verify(await other.tokenFor('b'))).rejects.toMatchObject({ statusCode: 401 });
  await other.close();
  expect(issuer.reads).toBe(2);
  expect(await identity.verify(token)).toBe('a');
});

test('a key that is no longer shown is no longer good', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const old = await issuer.tokenFor('a');
  await identity.verify(old);
  await issuer.rotate(false);
  vi.advanceTimersByTime(30_001);
  expect(await identity.verify(await issuer.tokenFor('b'))).toBe('b');
  await expect(identity.verify(old)).rejects.toMatchObject({ statusCode: 401 });
});
