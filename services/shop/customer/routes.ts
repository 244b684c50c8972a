import type { FastifyInstance } from 'fastify';
import { type Identity, KEYS_PATH } from '../shared/identity';
import { IDEMPOTENCY_HEADERS, idempotencyKeyOf } from '../shared/ids';
import { json, problems, SECURED } from '../shared/schemas';
import type { Accounts, Change, Registration } from './accounts';
import { CHANGE, CREDENTIALS, CUSTOMER, KEYS, REGISTRATION, SESSION } from './schemas';
import { type SigningKeys, TOKEN_LIFE } from './signing-keys';

/** What the routes lead to. */
export interface CustomerParts {
  readonly accounts: Accounts;
  readonly keys: SigningKeys;
  readonly identity: Identity;
}

/** Adds the routes of customers. */
export function addCustomerRoutes(app: FastifyInstance, { accounts, keys, identity }: CustomerParts): void {
  const onRequest = identity.authenticate;

  app.post<{ Body: Registration }>(
    '/customers',
    {
      schema: {
        summary: 'Become a customer',
        headers: IDEMPOTENCY_HEADERS,
        body: REGISTRATION,
        response: { 201: json('The customer', CUSTOMER), ...problems(400, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const customer = await accounts.register(request.body, idempotencyKeyOf(request));
      return reply.code(201).header('location', '/customers/me').send(customer);
    },
  );

  app.get(
    '/customers/me',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Who you are',
        response: { 200: json('The customer', CUSTOMER), ...problems(401, 404, 503) },
      },
    },
    async ({ customerId }) => await accounts.get(customerId),
  );

  app.patch<{ Body: Change }>(
    '/customers/me',
    {
      onRequest,
      schema: {
        ...SECURED,
        summary: 'Change your name, address or password',
        description: 'Tokens that are out go on until they expire, also after a change of the password.',
        body: CHANGE,
        response: {
          200: json('The customer', CUSTOMER),
          ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503),
        },
      },
    },
    async ({ customerId, body }) => await accounts.change(customerId, body),
  );

  app.post<{ Body: { email: string; password: string } }>(
    '/sessions',
    {
      schema: {
        summary: 'Sign in',
        body: CREDENTIALS,
        response: { 201: json('The token', SESSION), ...problems(400, 401, 413, 415, 429, 503) },
      },
    },
    async ({ body: { email, password } }, reply) => {
      const accessToken = await keys.sign(await accounts.signIn(email, password));
      return reply.code(201).send({ accessToken, tokenType: 'Bearer', expiresIn: TOKEN_LIFE });
    },
  );

  app.get(
    KEYS_PATH,
    {
      schema: {
        summary: 'The public keys of tokens',
        response: { 200: json('A JSON Web Key Set', KEYS), ...problems(503) },
      },
    },
    async (_request, reply) =>
      // Shorter than a new key is shown before it signs.
      reply.header('cache-control', 'public, max-age=60').send(await keys.shown()),
  );
}
