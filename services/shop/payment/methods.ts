import type { Expiry } from './card';

/** A way to pay as its customer sees it. */
export interface PaymentMethod extends Expiry {
  readonly paymentMethodId: string;
  readonly brand: string;
  /** The last digits of the number, by which people know their cards. */
  readonly last4: string;
}

/** What is kept of it. */
export interface KeptMethod extends PaymentMethod {
  readonly customerId: string;
  /** The acquirer's token and the cardholder, encrypted. */
  readonly sealed: Uint8Array;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What is encrypted. */
export interface Secrets {
  /** Stands for the card at the acquirer. */
  readonly token: string;
  readonly cardholder: string;
}

/** For whom something is encrypted: nothing else decrypts it. */
export type SealOwner = Pick<KeptMethod, 'customerId' | 'paymentMethodId'>;

/** Encrypts what must be kept of a card. */
export interface Vault {
  seal(owner: SealOwner, secrets: Secrets): Promise<Uint8Array>;
  /** @throws where it was sealed for another owner */
  open(owner: SealOwner, sealed: Uint8Array): Promise<Secrets>;
}

/** Where payment methods are kept. */
export interface MethodStore {
  /** Adds one; undefined where the id is taken, be it by a deleted one. */
  add(method: KeptMethod): Promise<boolean>;
  /** The method, or that it was deleted; undefined where it never was, or was deleted long ago. */
  find(owner: SealOwner): Promise<KeptMethod | 'deleted' | undefined>;
  list(customerId: string): Promise<readonly KeptMethod[]>;
  /** Forgets what is encrypted, and for a day remembers that it was there. */
  remove(owner: SealOwner, now: number): Promise<void>;
}
