import { DERIVED_ID } from '../shared/ids';
import { object } from '../shared/schemas';

const EMAIL = {
  type: 'string',
  maxLength: 254,
  pattern:
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63}$",
  description: 'An e-mail address; capital and small letters are the same',
};

const NAME = { type: 'string', maxLength: 100, pattern: '^(?=.*\\S)\\P{Cc}+$' };

/** Long rather than complicated (https://pages.nist.gov/800-63-4/sp800-63b.html). */
const PASSWORD = { type: 'string', minLength: 12, maxLength: 128 };

/** A password that somebody claims to be right: what it looks like says nothing. */
const CLAIMED = { type: 'string', minLength: 1, maxLength: 128 };

export const REGISTRATION = object({ email: EMAIL, password: PASSWORD, name: NAME });

export const CREDENTIALS = object({
  email: { type: 'string', minLength: 1, maxLength: 254 },
  password: CLAIMED,
});

export const CHANGE = {
  ...object({ name: NAME, email: EMAIL, password: PASSWORD, currentPassword: CLAIMED }, [
    'name',
    'email',
    'password',
    'currentPassword',
  ]),
  minProperties: 1,
  description: 'A new address or password needs currentPassword.',
};

export const CUSTOMER = object({
  customerId: { type: 'string', pattern: DERIVED_ID },
  email: { type: 'string' },
  name: { type: 'string' },
  createdAt: { type: 'string', format: 'date-time' },
});

export const SESSION = object({
  accessToken: { type: 'string', description: 'A JWT, for the header Authorization' },
  tokenType: { type: 'string', const: 'Bearer' },
  expiresIn: { type: 'integer', description: 'In seconds' },
});

const TEXT = { type: 'string' };

export const KEYS = object({
  keys: {
    type: 'array',
    items: object({ kty: TEXT, crv: TEXT, x: TEXT, kid: TEXT, alg: TEXT, use: TEXT }),
  },
});
