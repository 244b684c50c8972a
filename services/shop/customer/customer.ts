import type { PasswordHash } from './passwords';

/** What a customer sees of herself. */
export interface Customer {
  readonly customerId: string;
  readonly email: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What a sign-in needs. */
export interface Login {
  readonly customerId: string;
  readonly password: PasswordHash;
}

/** What a customer wants to be changed of herself. */
export interface CustomerChange {
  readonly name?: string;
  readonly email?: string;
  readonly password?: PasswordHash;
}

/** One address, however it is written: no provider that counts tells capital letters from small ones. */
export function sameAddress(email: string): string {
  return email.toLowerCase();
}
