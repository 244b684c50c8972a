import { expect } from 'vitest';
import type { OpenedService } from '../../../shared/test/support/service';
import { make, openProduct } from './product';

/** Asks for a list of products. */
export async function list(product: OpenedService, query = '') {
  const answer = await product.call({ method: 'GET', url: `/products${query}` });
  expect(answer.statusCode).toBe(200);
  const { products, categories, next } = answer.json();
  const ids: string[] = products.map(({ productId }: { productId: string }) => productId);
  return { ids, products, categories, next };
}

/** A shop with four products in two categories. */
export async function openShop() {
  const opened = await openProduct();
  const { product } = opened;
  await make(product, 'tea', { name: 'Sencha', description: 'Green tea', stock: 3 });
  await make(product, 'pot', { name: 'Pot', description: 'For TEA', category: 'dishes' });
  await make(product, 'cup', { name: 'Ｃup', description: 'For tea, and coffee', category: 'dishes' });
  await make(product, 'mocha', { name: 'Mocha', description: 'Coffee' });
  return opened;
}
