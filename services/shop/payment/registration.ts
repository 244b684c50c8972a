import { derivedId } from '../shared/ids';
import { Problem } from '../shared/problem';
import type { Acquirer } from './acquirer';
import { brandOf, type Card, hasExpired, isCardNumber } from './card';
import type { KeptMethod, MethodStore, PaymentMethod, SealOwner, Vault } from './methods';

/** How many methods a customer may have: each costs a call of KMS. Two requests at once may make one more. */
const MOST_METHODS = 20;

/** What registration needs. */
export interface RegistrationSurroundings {
  readonly methods: MethodStore;
  readonly vault: Vault;
  readonly acquirer: Pick<Acquirer, 'keep'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The payment methods of customers. */
export class Registration {
  constructor(private readonly surroundings: RegistrationSurroundings) {}

  /**
   * Adds a card, once for each key. The number goes to the acquirer and nowhere else; its last four digits stand for it.
   *
   * @throws a 422 where the card can't be used, a 409 where the key was used for another card
   */
  async add(customerId: string, key: string, card: Card): Promise<PaymentMethod> {
    const { methods, vault, acquirer, now } = this.surroundings;
    if (!isCardNumber(card.cardNumber)) {
      throw new Problem(422, 'invalid-card', 'This is not the number of a card. Is there a slip of the pen?');
    }
    const owner = { customerId, paymentMethodId: derivedId('payment-method', customerId, key) };
    const token = await acquirer.keep(owner.paymentMethodId, card.cardNumber);
    const known = await methods.find(owner);
    if (known) return await this.same(known, card, token);
    const time = now();
    if (hasExpired(card, time)) throw new Problem(422, 'card-expired', 'This card has expired.');
    if ((await methods.list(customerId)).length >= MOST_METHODS) {
      throw new Problem(409, 'too-many-payment-methods', `No more than ${MOST_METHODS} payment methods.`);
    }
    const { cardNumber, expiryMonth, expiryYear, cardholder } = card;
    const method: KeptMethod = {
      ...owner,
      brand: brandOf(cardNumber),
      last4: cardNumber.slice(-4),
      expiryMonth,
      expiryYear,
      createdAt: new Date(time).toISOString(),
      sealed: await vault.seal(owner, { token, cardholder }),
    };
    if (await methods.add(method)) return viewOf(method);
    return await this.same((await methods.find(owner)) ?? 'deleted', card, token);
  }

  async list(customerId: string): Promise<readonly PaymentMethod[]> {
    return (await this.surroundings.methods.list(customerId)).map(viewOf);
  }

  /** Removes one; that it is not there is no error. What is being paid with it just now is paid. */
  async remove(owner: SealOwner): Promise<void> {
    await this.surroundings.methods.remove(owner, this.surroundings.now());
  }

  /** The method that an earlier request with the same key has made, if it asked for the same. */
  private async same(known: KeptMethod | 'deleted', card: Card, token: string): Promise<PaymentMethod> {
    if (known === 'deleted') {
      throw new Problem(409, 'deleted', 'What this key has added was deleted. Please use a new key.');
    }
    const secrets = await this.surroundings.vault.open(known, known.sealed);
    const isSame =
      known.last4 === card.cardNumber.slice(-4) &&
      known.brand === brandOf(card.cardNumber) &&
      known.expiryMonth === card.expiryMonth &&
      known.expiryYear === card.expiryYear &&
      secrets.cardholder === card.cardholder &&
      secrets.token === token;
    if (!isSame) throw new Problem(409, 'other-content', 'This key was used for another card.');
    return viewOf(known);
  }
}

function viewOf({ paymentMethodId, brand, last4, expiryMonth, expiryYear }: PaymentMethod): PaymentMethod {
  return { paymentMethodId, brand, last4, expiryMonth, expiryYear };
}
