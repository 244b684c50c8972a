/** An amount of money: a whole number of the currency's smallest unit, which is the yen for JPY and the cent for EUR. */
export interface Money {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** The one currency of this shop. */
const CURRENCY = 'JPY';

/** The JSON schema of money. */
export const MONEY = {
  type: 'object',
  required: ['amount', 'currency'],
  additionalProperties: false,
  properties: {
    amount: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    currency: { type: 'string', const: CURRENCY },
  },
};

/**
 * So much money.
 *
 * @throws RangeError where the amount is negative, a fraction, or too large to be exact
 */
export function money(amount: number): Money {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`${amount} is no amount of money: give a whole number from 0 to 2^53 - 1`);
  }
  return { amount, currency: CURRENCY };
}

/** The price of several. */
export function times({ amount, currency }: Money, quantity: number): Money {
  checkCurrency(currency);
  if (!Number.isSafeInteger(quantity) || quantity < 0) throw new RangeError(`${quantity} is no quantity`);
  return money(amount * quantity);
}

/** All together; nothing is 0. */
export function sum(parts: readonly Money[]): Money {
  let total = 0;
  for (const { amount, currency } of parts) {
    checkCurrency(currency);
    total += money(amount).amount;
  }
  return money(total);
}

/** Whether both are the same amount of the same currency. */
export function equals(one: Money, other: Money): boolean {
  return one.amount === other.amount && one.currency === other.currency;
}

/** Whether it is money of this shop, for what comes from a table or another service. */
export function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false;
  const amount: unknown = Reflect.get(value, 'amount');
  return (
    typeof amount === 'number' &&
    Number.isSafeInteger(amount) &&
    amount >= 0 &&
    Reflect.get(value, 'currency') === CURRENCY
  );
}

function checkCurrency(currency: string): void {
  if (currency !== CURRENCY) throw new RangeError(`${JSON.stringify(currency)} is not ${CURRENCY}`);
}
