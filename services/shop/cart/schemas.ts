import { MONEY } from '../shared/money';
import { object } from '../shared/schemas';
import { MOST_PIECES, PRODUCT_ID } from './model';

const productId = { type: 'string', pattern: PRODUCT_ID };
const quantity = { type: 'integer', minimum: 1, maximum: MOST_PIECES };

/** The path of a line. */
export const LINE_PARAMS = object({ productId });

/** How many pieces there shall be. */
export const LINE_BODY = object({ quantity });

/** A line, with what product tells of it. */
export const LINE_VIEW = object(
  {
    productId,
    name: { type: 'string' },
    quantity,
    unitPrice: MONEY,
    lineTotal: MONEY,
    available: { type: 'integer', minimum: 0 },
  },
  ['name', 'unitPrice', 'lineTotal', 'available'],
);

/** A cart. */
export const CART_VIEW = object(
  {
    items: { type: 'array', items: LINE_VIEW },
    pricesKnown: {
      type: 'boolean',
      description: 'False where the product service could not be asked; buying works all the same',
    },
    total: MONEY,
  },
  ['total'],
);

/** How to pay. */
export const CHECKOUT_BODY = object(
  {
    // Never the number of a card, which would be stored with the checkout.
    paymentMethodId: { type: 'string', pattern: '^(?!\\d{12,19}$)[\\w-]{1,64}$' },
    expectedTotal: {
      ...MONEY,
      description: 'What the customer has seen: another total at the time of the order is refused',
    },
  },
  ['expectedTotal'],
);

/** An order, as the order service tells it. */
export const ORDER = {
  type: 'object',
  required: ['orderId', 'state'],
  additionalProperties: true,
  properties: {
    orderId: { type: 'string' },
    state: { type: 'string' },
  },
};
