import type { Money } from '../shared/money';

/** The form of a product's id, for a JSON schema and for paths: lower-case words with hyphens. */
export const PRODUCT_ID = '^[a-z0-9][a-z0-9-]{0,63}$';

/** The form of a category: the same as of a product's id, so that it fits into addresses. */
export const CATEGORY = '^[a-z0-9][a-z0-9-]{0,39}$';

/** The form of an order's id. */
export const ORDER_ID = '^[A-Za-z0-9-]{1,64}$';

/** How many different products an order may have: DynamoDB's transactions take 100 items. */
export const MOST_LINES = 50;

/** The most pieces of one product in an order. */
export const MOST_PIECES = 99;

/** What the shop's owner says about a product. */
export interface ProductDraft {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly price: Money;
}

/** What reviews say of a product: the newest state that has arrived. */
export interface Rating {
  readonly count: number;
  /** The sum of all ratings, 1 to 5 each. */
  readonly sum: number;
}

/** A product as it is kept. */
export interface Product extends ProductDraft {
  readonly productId: string;
  readonly rating: Rating;
}

/** The pieces of a product: each piece is in one of the three. */
export interface StockLevel {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/** So many pieces of a product. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** A line with what the product was called and cost at that moment. */
export interface ReservedLine extends Line {
  readonly name: string;
  readonly unitPrice: Money;
}

/** What has become of a reservation. The last two are ends. */
export type ReservationState = 'RESERVED' | 'CONFIRMED' | 'RELEASED';

/** The pieces that are kept for an order. A release that came before it leaves one without lines. */
export interface Reservation {
  readonly orderId: string;
  readonly state: ReservationState;
  readonly lines: readonly ReservedLine[];
}
