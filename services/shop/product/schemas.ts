import { PAGE_PROPERTIES } from '../shared/cursor';
import { MONEY } from '../shared/money';
import { object, type Schema } from '../shared/schemas';
import { CATEGORY, MOST_LINES, MOST_PIECES, ORDER_ID, PRODUCT_ID } from './model';

/** A line of text: something to see in it, and no control characters. At most 4 bytes a character. */
const LINE = { type: 'string', minLength: 1, maxLength: 100, pattern: '^(?=.*\\S)\\P{Cc}+$' };

const TEXT = { type: 'string', minLength: 1, maxLength: 1_000, pattern: '\\S' };

const productId = { type: 'string', pattern: PRODUCT_ID };
const category = { type: 'string', pattern: CATEGORY };

/** The times of the highest price and the largest order are far from where numbers are no longer exact. */
const PRICE = {
  ...MONEY,
  properties: { ...MONEY.properties, amount: { type: 'integer', minimum: 0, maximum: 1_000_000_000 } },
};

const PIECES = { type: 'integer', minimum: 0, maximum: 1_000_000_000 };

/** The path of a product. */
export const PRODUCT_PARAMS = object({ productId });

/** The path of a reservation. */
export const ORDER_PARAMS = object({ orderId: { type: 'string', pattern: ORDER_ID } });

/** Which products are wanted. */
export const PRODUCTS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    query: { type: 'string', minLength: 1, maxLength: 100, description: 'Words that the text has to have' },
    category,
    ids: {
      type: 'string',
      pattern: `^${PRODUCT_ID.slice(1, -1)}(,${PRODUCT_ID.slice(1, -1)}){0,${MOST_LINES - 1}}$`,
      description:
        'Just these products, in this order, as far as there are any; nothing else can be asked then',
    },
    ...PAGE_PROPERTIES,
  },
};

/** A product as customers see it. */
export const OFFER = object({
  productId,
  name: LINE,
  description: TEXT,
  category,
  price: MONEY,
  available: { ...PIECES, description: 'How many pieces can be had, a moment ago' },
  rating: object({ count: PIECES, average: { type: 'number', minimum: 1, maximum: 5 } }, ['average']),
});

/** A part of the list of products. */
export const OFFERS = object(
  {
    products: { type: 'array', items: OFFER },
    categories: { type: 'array', items: category },
    next: {
      type: 'string',
      description: 'Asks for what follows; a page may have fewer products than asked for, and go on',
    },
  },
  ['next'],
);

/** A product as the shop's owner describes it. */
export const PRODUCT_BODY = object(
  {
    name: LINE,
    description: TEXT,
    category,
    price: PRICE,
    stock: { ...PIECES, description: 'The pieces of a new product; 0 where nothing is said' },
  },
  ['stock'],
);

/** That a product has been written. */
export const WRITTEN = object({ productId, created: { type: 'boolean' } });

/** Pieces that have arrived. */
export const DELIVERY_BODY = object({
  deliveryId: { type: 'string', pattern: '^[\\w-]{1,64}$' },
  quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 },
});

/** The pieces of a product. */
export const STOCK = object({ productId, available: PIECES, reserved: PIECES, sold: PIECES });

/** What an order wants. */
export const RESERVATION_BODY = object({ items: lines({}) });

/** What is kept for an order, with the prices of the moment at which it was reserved. */
export const RESERVATION = object({
  orderId: { type: 'string', pattern: ORDER_ID },
  state: { type: 'string', enum: ['RESERVED', 'CONFIRMED', 'RELEASED'] },
  items: { ...lines({ name: LINE, unitPrice: MONEY }), minItems: 0 },
  total: MONEY,
});

function lines(more: Readonly<Record<string, Schema>>) {
  const quantity = { type: 'integer', minimum: 1, maximum: MOST_PIECES };
  return {
    type: 'array',
    minItems: 1,
    maxItems: MOST_LINES,
    items: object({ productId, quantity, ...more }),
  };
}
