import { join as path } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DERIVED_ID } from '../../shared/ids';
import { checkDocument } from '../../shared/test/support/openapi';
import { Passwords } from '../passwords';
import { type OpenedCustomers, openCustomers, PASSWORD } from './support/customer-service';

let shop: OpenedCustomers;
let count = 0;
let email: string;
let key: string;

beforeAll(async () => {
  shop = await openCustomers();
});
afterAll(() => shop.close());
afterEach(() => {
  vi.useRealTimers();
});
beforeEach(() => {
  count += 1;
  email = `aiko-${count}@example.com`;
  key = `registration-${count}`;
});

const register = (body: object = {}, headers: object = { 'idempotency-key': key }) =>
  shop.call({
    method: 'POST',
    url: '/customers',
    headers: { ...headers },
    payload: { email, password: PASSWORD, name: 'Aiko', ...body },
  });
const me = (authorization: string) => shop.call({ url: '/customers/me', headers: { authorization } });
const change = (authorization: string, payload: object) =>
  shop.call({ method: 'PATCH', url: '/customers/me', headers: { authorization }, payload });

test('the document is the one that is committed', async () => {
  await checkDocument(shop.app, path(__dirname, '..', 'openapi.json'));
});

test('somebody registers, signs in, and sees herself', async () => {
  const made = await register();
  expect([made.statusCode, made.headers.location, made.json()]).toEqual([
    201,
    '/customers/me',
    {
      customerId: expect.stringMatching(new RegExp(DERIVED_ID)),
      email,
      name: 'Aiko',
      createdAt: expect.stringMatching(/^\d{4}-.+Z$/),
    },
  ]);
  const session = await shop.signIn(email);
  expect([session.statusCode, session.json()]).toEqual([
    201,
    { accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 900 },
  ]);
  expect((await me(`Bearer ${session.json().accessToken}`)).json()).toEqual(made.json());
});

test('the same registration twice is one customer', async () => {
  const answers = await Promise.all([register(), register(), register()]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect((await register()).body).toBe(answers[0]?.body);
});

test.each([{ name: 'Else' }, { password: 'another password' }])(
  'the same key with %j is refused',
  async (other) => {
    await register();
    const answer = await register(other);
    expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:idempotency-key-reused']);
  },
);

test('an address has one customer, however it is written, and two with one key are two', async () => {
  const { customerId } = (await register()).json();
  const answer = await register({ email: email.toUpperCase() }, { 'idempotency-key': 'another-key' });
  expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:email-taken']);
  const other = await register({ email: `x${email}` });
  expect([other.statusCode, other.json().customerId === customerId]).toEqual([201, false]);
  expect((await shop.signIn(email.toUpperCase())).statusCode).toBe(201);
});

test.each([
  [{ email: 'aiko' }, 'body/email must match pattern'],
  [{ email: 'a@b' }, 'body/email must match pattern'],
  [{ email: 'a@@b.example' }, 'body/email must match pattern'],
  [{ email: 'a b@example.com' }, 'body/email must match pattern'],
  [{ email: `a@${'b.'.repeat(130)}example` }, 'body/email must NOT have more than 254'],
  [{ email: 1 }, 'body/email must be string'],
  [{ password: 'too short' }, 'body/password must NOT have fewer than 12'],
  [{ password: 'x'.repeat(129) }, 'body/password must NOT have more than 128'],
  [{ name: ' ' }, 'body/name must match pattern'],
  [{ name: 'a\nb' }, 'body/name must match pattern'],
  [{ name: 'x'.repeat(101) }, 'body/name must NOT have more than 100'],
  [{ customerId: 'mine' }, 'body must NOT have additional properties'],
])('a registration with %j is refused, and says why', async (wrong, detail) => {
  const answer = await register(wrong);
  expect([answer.statusCode, answer.json().type]).toEqual([400, 'urn:shop:bad-request']);
  expect(answer.json().detail).toContain(detail);
});

test.each([{}, { 'idempotency-key': 'short' }, { 'idempotency-key': 'with a space' }])(
  'a registration with the headers %j is refused',
  async (headers) => {
    const answer = await register({}, headers);
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining('headers')]);
  },
);

test('a wrong password and an unknown address get the same answer, after the same work', async () => {
  await register();
  const derived = vi.spyOn(Passwords.prototype, 'matches');
  const answers = [await shop.signIn(email, 'wrong password'), await shop.signIn(`no-${email}`)];
  const bodies = answers.map((answer) => ({ ...answer.json(), requestId: '' }));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
  expect(bodies[0]).toEqual(bodies[1]);
  expect(bodies[0].type).toBe('urn:shop:wrong-credentials');
  expect(derived).toHaveBeenCalledTimes(2);
  expect(derived.mock.calls[1]).toEqual([PASSWORD, undefined]);
  derived.mockRestore();
});

/** Tries are counted by quarters of an hour of the clock, and the test's own one might just end. */
function beginAQuarter(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Math.ceil(Date.now() / 900_000) * 900_000 });
}

test.each([
  {},
  { email: '', password: 'x' },
  { email: 'a@b.example', password: '' },
  { email: 1, password: 'x' },
])('a sign-in with %j is refused', async (payload) => {
  const answer = await shop.call({ method: 'POST', url: '/sessions', payload });
  expect([answer.statusCode, answer.json().type]).toEqual([400, 'urn:shop:bad-request']);
});

test('after ten wrong passwords the right one has to wait, and nobody else', async () => {
  beginAQuarter();
  const { email: hers } = await shop.join();
  const tries = await Promise.all(Array.from({ length: 12 }, () => shop.signIn(hers, 'wrong password')));
  const statuses = tries.map(({ statusCode }) => statusCode).sort();
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  const answer = await shop.signIn(hers.toUpperCase());
  expect([answer.statusCode, answer.json().type]).toEqual([429, 'urn:shop:too-many-attempts']);
  const wait = Number(answer.headers['retry-after']);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(900);
  vi.setSystemTime(Date.now() + wait * 1_000);
  expect((await shop.signIn(hers)).statusCode).toBe(201);
});

test('the right password makes up for wrong ones', async () => {
  beginAQuarter();
  const { email: hers } = await shop.join();
  for (let round = 0; round < 2; round += 1) {
    for (let attempt = 0; attempt < 9; attempt += 1) await shop.signIn(hers, 'wrong password');
    expect((await shop.signIn(hers)).statusCode).toBe(201);
  }
});

test('tries for addresses that nobody has are counted just so, and not kept in clear', async () => {
  beginAQuarter();
  const nobody = `nobody-${count}@example.com`;
  const statuses = [];
  for (let attempt = 0; attempt < 11; attempt += 1) statuses.push((await shop.signIn(nobody)).statusCode);
  expect(statuses.at(-2)).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect(JSON.stringify(await shop.aws.items('customers'))).not.toContain(nobody);
});

test('a name is changed without the password', async () => {
  const { authorization, customerId } = await shop.join(email);
  const answer = await change(authorization, { name: 'Aiko Tanaka' });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    expect.objectContaining({ customerId, email, name: 'Aiko Tanaka' }),
  ]);
  expect((await me(authorization)).json()).toEqual(answer.json());
  expect((await shop.signIn(email)).statusCode).toBe(201);
});

test('a new address takes the place of the old one, which is free then', async () => {
  const { authorization, customerId } = await shop.join(email);
  const answer = await change(authorization, { email: `new-${email}`, currentPassword: PASSWORD });
  expect([answer.statusCode, answer.json().email]).toEqual([200, `new-${email}`]);
  expect((await shop.signIn(email)).statusCode).toBe(401);
  expect((await shop.signIn(`new-${email}`)).statusCode).toBe(201);
  expect((await register()).json().customerId).not.toBe(customerId);
});

test('an address may be written otherwise', async () => {
  const { authorization } = await shop.join(email);
  const written = email.replace('aiko', 'Aiko');
  await change(authorization, { email: written, currentPassword: PASSWORD });
  expect((await me(authorization)).json().email).toBe(written);
  expect((await shop.signIn(email)).statusCode).toBe(201);
});

test('an address that somebody has is refused, and nothing is changed', async () => {
  await register();
  const { authorization, email: hers } = await shop.join();
  const answer = await change(authorization, { email, name: 'Else', currentPassword: PASSWORD });
  expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:email-taken']);
  expect((await me(authorization)).json()).toMatchObject({ email: hers, name: 'Aiko' });
  expect((await shop.signIn(hers)).statusCode).toBe(201);
});

test('a new password takes the place of the old one', async () => {
  const { authorization } = await shop.join(email);
  await change(authorization, { password: 'an even better one', currentPassword: PASSWORD });
  expect((await shop.signIn(email)).statusCode).toBe(401);
  expect((await shop.signIn(email, 'an even better one')).statusCode).toBe(201);
});

test('address and password need the present password', async () => {
  const { authorization, email: hers } = await shop.join(email);
  for (const wish of [{ email: `new-${email}` }, { password: 'an even better one' }]) {
    const without = await change(authorization, wish);
    expect([without.statusCode, without.json().detail]).toEqual([
      400,
      expect.stringContaining('currentPassword'),
    ]);
    const wrong = await change(authorization, { ...wish, currentPassword: 'wrong password' });
    expect([wrong.statusCode, wrong.json().type]).toEqual([403, 'urn:shop:wrong-password']);
  }
  expect((await shop.signIn(hers)).statusCode).toBe(201);
});

test('who has a token can not guess the password with it', async () => {
  beginAQuarter();
  const { authorization } = await shop.join(email);
  const wish = { password: 'an even better one', currentPassword: 'wrong password' };
  for (let attempt = 0; attempt < 10; attempt += 1) await change(authorization, wish);
  const answer = await change(authorization, { ...wish, currentPassword: PASSWORD });
  expect([answer.statusCode, answer.json().type]).toEqual([429, 'urn:shop:too-many-attempts']);
});

test.each([
  [{}, 'must NOT have fewer than 1 properties'],
  [{ customerId: 'x' }, 'must NOT have additional properties'],
  [{ name: '' }, 'body/name must match pattern'],
  [{ email: 'x', currentPassword: PASSWORD }, 'body/email must match pattern'],
  [{ password: 'short', currentPassword: PASSWORD }, 'body/password must NOT have fewer'],
])('a change %j is refused, and says why', async (wish, detail) => {
  const { authorization } = await shop.join(email);
  const answer = await change(authorization, wish);
  expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining(detail)]);
});

test('of two changes at once one happens, and the other one hears of it', async () => {
  const { authorization } = await shop.join(email);
  const [one, two] = await Promise.all(
    ['first password!', 'second password'].map((password) =>
      change(authorization, { password, currentPassword: PASSWORD }),
    ),
  );
  expect([one?.statusCode, two?.statusCode].sort()).toEqual([200, 409]);
  const loser = [one, two].find((answer) => answer?.statusCode === 409);
  expect(loser?.json().type).toBe('urn:shop:changed-meanwhile');
});

test('of two new addresses at once one is taken, and the other one stays free', async () => {
  const { authorization } = await shop.join(email);
  const wishes = [`one-${email}`, `two-${email}`];
  const answers = await Promise.all(
    wishes.map((wish) => change(authorization, { email: wish, currentPassword: PASSWORD })),
  );
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  const lost = answers.findIndex(({ statusCode }) => statusCode === 409);
  expect(answers[lost]?.json().type).toBe('urn:shop:changed-meanwhile');
  expect((await register({ email: wishes[lost] })).statusCode).toBe(201);
});

test('a customer who is not there any more is unknown', async () => {
  const { authorization, customerId } = await shop.join(email);
  await shop.remove(customerId);
  const answer = await me(authorization);
  expect([answer.statusCode, answer.json().type]).toEqual([404, 'urn:shop:unknown-customer']);
});

test('neither the table nor the log has a password or a token', async () => {
  const { authorization } = await shop.join(email);
  await shop.signIn(email, 'wrong password');
  await change(authorization, { password: 'an even better one', currentPassword: PASSWORD });
  const all = JSON.stringify([await shop.aws.items('customers'), shop.lines]);
  for (const secret of [PASSWORD, 'wrong password', 'an even better one', authorization.slice(-20)]) {
    expect(all).not.toContain(secret);
  }
  expect(JSON.stringify(shop.lines)).not.toContain(email);
});

test('what is stored of a password is a hash of Argon2id at the cost that OWASP wants, with its own salt', async () => {
  await shop.join(`a-${email}`);
  await shop.join(`b-${email}`);
  const stored = (await shop.aws.items('customers'))
    .filter(({ pk }) => String(pk).endsWith(email))
    .map(({ password }) => password as Record<string, unknown>);
  expect(stored).toHaveLength(2);
  for (const hash of stored) expect(hash).toMatchObject({ memory: 19_456, passes: 2, parallelism: 1 });
  expect(stored[0]?.salt).not.toBe(stored[1]?.salt);
  expect(stored[0]?.hash).not.toBe(stored[1]?.hash);
});
