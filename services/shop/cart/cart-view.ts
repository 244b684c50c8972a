import { type Money, sum, times } from '../shared/money';
import type { Line } from './model';
import type { ProductFacts } from './prices';

/** A line as the customer sees it; without name and price where product did not tell them. */
export interface LineView extends Line {
  readonly name?: string;
  readonly unitPrice?: Money;
  readonly lineTotal?: Money;
  /** How many pieces can be had, a moment ago. */
  readonly available?: number;
}

/** A cart as the customer sees it. */
export interface CartView {
  readonly items: readonly LineView[];
  /** False where product could not be asked. */
  readonly pricesKnown: boolean;
  /** Only where all prices are known. */
  readonly total?: Money;
}

/** Puts lines and prices together. */
export function viewOf(
  lines: readonly Line[],
  facts: ReadonlyMap<string, ProductFacts> | undefined,
): CartView {
  const items = lines.map((line) => lineViewOf(line, facts?.get(line.productId)));
  const totals = items.flatMap(({ lineTotal }) => (lineTotal ? [lineTotal] : []));
  return {
    items,
    pricesKnown: facts !== undefined,
    ...(facts && totals.length === items.length && { total: sum(totals) }),
  };
}

/** Puts a line and its product's price together. */
export function lineViewOf({ productId, quantity }: Line, facts: ProductFacts | undefined): LineView {
  if (!facts) return { productId, quantity };
  const { name, price, available } = facts;
  return { productId, name, quantity, unitPrice: price, lineTotal: times(price, quantity), available };
}
