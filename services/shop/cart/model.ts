import type { Money } from '../shared/money';

/** The form of a product's id, for a JSON schema. */
export const PRODUCT_ID = '^[a-z0-9][a-z0-9-]{0,63}$';

/** How many different products a cart may have: an order takes no more. */
export const MOST_LINES = 50;

/** The most pieces of one product in a cart. */
export const MOST_PIECES = 99;

/** So many pieces of a product. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** What a customer asks for at the checkout. */
export interface CheckoutRequest {
  readonly paymentMethodId: string;
  /** What the customer has seen; another total is refused. */
  readonly expectedTotal?: Money;
}

/** A checkout as it was asked for the first time: what the order is, whatever happens to the cart. */
export interface Checkout extends CheckoutRequest {
  readonly orderId: string;
  readonly items: readonly Line[];
}
