import type { Caller, Origin } from '../shared/call';
import { isMoney, type Money } from '../shared/money';
import { isProblem } from '../shared/problem';

/** What a cart shows of a product. */
export interface ProductFacts {
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
  readonly available: number;
}

/**
 * Asks product what the products are called and cost, in one call.
 *
 * @returns by id, without those that there are not; undefined where product does not answer, without which a cart can
 *   still be filled and bought: what counts is the price at which the order reserves
 */
export async function findFacts(
  product: Caller,
  productIds: readonly string[],
  origin: Origin,
): Promise<ReadonlyMap<string, ProductFacts> | undefined> {
  if (productIds.length === 0) return new Map();
  try {
    const { status, body } = await product.call({
      method: 'GET',
      path: `/products?ids=${productIds.join(',')}`,
      origin,
    });
    const products: unknown = typeof body === 'object' && body ? Reflect.get(body, 'products') : undefined;
    if (status !== 200 || !Array.isArray(products) || !products.every(isFacts)) return undefined;
    return new Map(products.map((facts) => [facts.productId, facts]));
  } catch (error) {
    if (isProblem(error, 'dependency-unavailable')) return undefined;
    throw error;
  }
}

function isFacts(value: unknown): value is ProductFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { productId, name, price, available } = value as Partial<Record<string, unknown>>;
  return (
    typeof productId === 'string' &&
    typeof name === 'string' &&
    isMoney(price) &&
    typeof available === 'number'
  );
}
