import { derivedId } from '../shared/ids';
import { Problem } from '../shared/problem';
import type { Attempts } from './attempts';
import { type Customer, sameAddress } from './customer';
import type { Customers, Outcome } from './customers';
import type { Passwords } from './passwords';

/** What somebody says to become a customer. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** What a customer may change of herself. The present password is needed for the address and the password. */
export interface Change {
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
  readonly currentPassword?: string;
}

/** What customers do with their accounts. */
export class Accounts {
  constructor(
    private readonly customers: Customers,
    private readonly passwords: Passwords,
    private readonly attempts: Attempts,
  ) {}

  /**
   * Registers a customer. The id comes from the address and the key, so that a request that is repeated finds the
   * customer whom it has made, and two strangers with the same key don't meet.
   */
  async register({ email, password, name }: Registration, key: string): Promise<Customer> {
    const customerId = derivedId('customer', sameAddress(email), key);
    const customer = { customerId, email, name, createdAt: new Date().toISOString() };
    const login = { customerId, password: await this.passwords.hash(password) };
    if ((await this.customers.add(customer, login)) === 'done') return customer;
    const known = await this.customers.login(email);
    if (known?.customerId !== customerId) {
      throw new Problem(409, 'email-taken', 'There is a customer with this e-mail address.');
    }
    const same = await this.customers.get(customerId);
    if (same && same.name === name && (await this.passwords.matches(password, known.password))) return same;
    throw new Problem(409, 'idempotency-key-reused', 'This key was used for another registration.');
  }

  /** The customer's id, for who knows the password. Nobody learns from the answer who is a customer. */
  async signIn(email: string, password: string): Promise<string> {
    await this.attempts.count(email);
    const login = await this.customers.login(email);
    if (!(await this.passwords.matches(password, login?.password)) || !login) {
      throw new Problem(401, 'wrong-credentials', 'The e-mail address or the password is wrong.');
    }
    await this.attempts.forget(email);
    return login.customerId;
  }

  /** The customer whom a token names. */
  async get(customerId: string): Promise<Customer> {
    const customer = await this.customers.get(customerId);
    if (customer) return customer;
    throw new Problem(404, 'unknown-customer', 'There is no such customer.');
  }

  /** Changes a customer; tells what she is like then. */
  async change(customerId: string, change: Change): Promise<Customer> {
    const { name, email, password, currentPassword } = change;
    const isDelicate = email !== undefined || password !== undefined;
    if (isDelicate && currentPassword === undefined) {
      throw new Problem(400, 'bad-request', 'A new email or password needs currentPassword.');
    }
    const customer = await this.get(customerId);
    const login = await this.customers.login(customer.email);
    if (!login) throw meanwhile();
    if (isDelicate) {
      await this.attempts.count(customer.email);
      if (!(await this.passwords.matches(currentPassword ?? '', login.password))) {
        throw new Problem(403, 'wrong-password', 'currentPassword is not your password.');
      }
      await this.attempts.forget(customer.email);
    }
    const outcome = await this.customers.change(customer, login, {
      name,
      email,
      ...(password !== undefined && { password: await this.passwords.hash(password) }),
    });
    refuse(outcome);
    return { ...customer, ...(name !== undefined && { name }), ...(email !== undefined && { email }) };
  }
}

function refuse(outcome: Outcome): void {
  if (outcome === 'email taken') {
    throw new Problem(409, 'email-taken', 'There is a customer with this e-mail address.');
  }
  if (outcome === 'meanwhile changed') throw meanwhile();
}

function meanwhile(): Problem {
  return new Problem(
    409,
    'changed-meanwhile',
    'The customer has just been changed. Please look, and try again.',
  );
}
