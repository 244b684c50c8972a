import { DERIVED_ID } from '../shared/ids';
import { MONEY } from '../shared/money';
import { object } from '../shared/schemas';

const METHOD_ID = { type: 'string', pattern: DERIVED_ID };

const EXPIRY = {
  expiryMonth: { type: 'integer', minimum: 1, maximum: 12 },
  expiryYear: { type: 'integer', minimum: 2000, maximum: 2099 },
};

/** The parameters of a path that names a payment method. */
export const METHOD_PARAMS = object({ paymentMethodId: METHOD_ID });

/** A card as its customer gives it. A cardholder has no digits: nobody shall put the number there. */
export const CARD = object({
  cardNumber: {
    type: 'string',
    pattern: '^\\d{12,19}$',
    description: 'Never stored or logged. Without spaces',
  },
  ...EXPIRY,
  cardholder: {
    type: 'string',
    maxLength: 100,
    pattern: "^[\\p{L}\\p{M} .,'’-]*\\p{L}[\\p{L}\\p{M} .,'’-]*$",
  },
});

/** A payment method as its customer sees it. */
export const METHOD = object({
  paymentMethodId: METHOD_ID,
  brand: { type: 'string' },
  last4: { type: 'string', pattern: '^\\d{4}$' },
  ...EXPIRY,
});

export const METHODS = object({ paymentMethods: { type: 'array', items: METHOD } });

/** The parameters of a path that names the payment of an order. */
export const PAYMENT_PARAMS = object({ orderId: { type: 'string', pattern: DERIVED_ID } });

/** What the order service asks for. */
export const PAYMENT_REQUEST = object({
  customerId: { type: 'string', pattern: '^[\\w-]{1,64}$' },
  // An unknown one is a reason to decline, which is an answer; but never the number of a card, which would be stored.
  paymentMethodId: { type: 'string', pattern: '^(?!\\d{12,19}$)[\\w-]{1,64}$' },
  total: MONEY,
});

const REASON = {
  type: 'string',
  enum: [
    'card-declined',
    'insufficient-funds',
    'card-expired',
    'unknown-payment-method',
    'voided',
    'reversed',
    'declined',
  ],
};

/** A payment that is decided. */
export const DECIDED = object(
  {
    orderId: { type: 'string' },
    state: { type: 'string', enum: ['APPROVED', 'DECLINED'] },
    reason: { ...REASON, description: 'Why it was declined' },
  },
  ['reason'],
);

/** A payment that is not decided. */
export const UNDECIDED = object({ orderId: { type: 'string' }, state: { type: 'string', const: 'PENDING' } });

/** A payment that will not take place. */
export const CANCELLED = object({
  orderId: { type: 'string' },
  state: { type: 'string', enum: ['DECLINED', 'VOIDED'] },
});
