import { DERIVED_ID } from '../shared/ids';
import { MONEY } from '../shared/money';
import { object } from '../shared/schemas';

/** The most different items in an order: a reservation is one transaction of DynamoDB, which takes 100 writes. */
const MOST_ITEMS = 50;
const MOST_OF_ONE = 99;

/** What names things of other services, as far as this one cares. */
const NAME = { type: 'string', pattern: '^[\\w-]{1,64}$' };

/** A payment method, which payment may know or not; but never the number of a card, which must not be stored. */
const METHOD = { type: 'string', pattern: '^(?!\\d{12,19}$)[\\w-]{1,64}$' };

const QUANTITY = { type: 'integer', minimum: 1, maximum: MOST_OF_ONE };

/** The parameters of a path that names an order. */
export const ORDER_PARAMS = object({ orderId: { type: 'string', pattern: DERIVED_ID } });

/** What the cart sends. */
export const ORDER_REQUEST = object(
  {
    customerId: NAME,
    items: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_ITEMS,
      items: object({ productId: NAME, quantity: QUANTITY }),
    },
    expectedTotal: { ...MONEY, description: 'What the customer agreed to pay; another total is refused' },
    paymentMethodId: METHOD,
  },
  ['expectedTotal'],
);

const TIME = { type: 'string', format: 'date-time' };

/** An order as customers and the cart see it. */
export const ORDER = object(
  {
    orderId: { type: 'string', pattern: DERIVED_ID },
    state: { type: 'string', enum: ['PENDING', 'RESERVED', 'PAID', 'CONFIRMED', 'REJECTED'] },
    reason: {
      type: 'string',
      enum: [
        'out-of-stock',
        'unknown-product',
        'price-changed',
        'payment-declined',
        'payment-unavailable',
        'product-unavailable',
      ],
      description: 'Why it was rejected',
    },
    detail: { type: 'string', description: 'What payment said, such as insufficient-funds' },
    productIds: { type: 'array', items: { type: 'string' }, description: 'The products that are the reason' },
    items: {
      type: 'array',
      items: object(
        {
          productId: { type: 'string' },
          quantity: QUANTITY,
          name: { type: 'string' },
          unitPrice: { ...MONEY, description: 'When it was reserved' },
        },
        ['name', 'unitPrice'],
      ),
    },
    total: { ...MONEY, description: 'Known once the items are reserved' },
    paymentMethodId: { type: 'string' },
    createdAt: TIME,
    updatedAt: TIME,
  },
  ['reason', 'detail', 'productIds', 'total'],
);

/** A page of orders. */
export const ORDERS = object({ orders: { type: 'array', items: ORDER }, next: { type: 'string' } }, ['next']);
