import { describe, expect, test } from 'vitest';
import { money } from '../../shared/money';
import { openTable } from '../../shared/table';
import type { OpenedService } from '../../shared/test/support/service';
import { Catalogue } from '../catalogue';
import type { Place } from '../search';
import { list, openShop } from './support/catalogue';
import { make, openProduct, reserve } from './support/product';

/** All products, page by page; tells how long the pages were, too. */
async function readAll(product: OpenedService, query: string) {
  const ids: string[] = [];
  const sizes: number[] = [];
  let next: string | undefined;
  do {
    const page = await list(product, `?${query}${next ? `&next=${next}` : ''}`);
    ids.push(...page.ids);
    sizes.push(page.ids.length);
    next = page.next;
  } while (next);
  return { ids, sizes };
}

describe('the list', () => {
  test('is sorted by category and name, whatever their width and case', async () => {
    const { product } = await openShop();
    const { ids, categories, next } = await list(product);
    expect([ids, categories, next]).toEqual([
      ['cup', 'pot', 'mocha', 'tea'],
      ['dishes', 'drinks'],
      undefined,
    ]);
  });

  test('of an empty shop is empty', async () => {
    const { product } = await openProduct();
    expect(await list(product)).toMatchObject({ ids: [], categories: [] });
    expect((await list(product, '?query=tea&category=drinks')).ids).toEqual([]);
  });

  test.each([
    ['category=dishes', ['cup', 'pot']],
    ['category=none', []],
    ['query=tea', ['cup', 'pot', 'tea']],
    ['query=TEA%20coffee', ['cup']],
    ['query=%EF%BD%94ea&category=drinks', ['tea']],
    ['query=nothing', []],
    ['query=%20', ['cup', 'pot', 'mocha', 'tea']],
  ])('of %s', async (query, ids) => {
    const { product } = await openShop();
    expect((await list(product, `?${query}`)).ids).toEqual(ids);
    expect((await readAll(product, `${query}&limit=1`)).ids).toEqual(ids);
  });

  test('has pages of the wanted size, over categories, and the last one says so', async () => {
    const { product } = await openShop();
    expect((await readAll(product, 'limit=3')).sizes).toEqual([3, 1]);
    expect((await readAll(product, 'limit=2')).sizes).toEqual([2, 2]);
    expect((await readAll(product, 'limit=4')).sizes).toEqual([4]);
  });

  test('tells what can be had now', async () => {
    const { product } = await openShop();
    await reserve(product, 'a', { tea: 2 });
    const { products } = await list(product, '?query=sencha');
    expect(products).toEqual([
      {
        productId: 'tea',
        name: 'Sencha',
        description: 'Green tea',
        category: 'drinks',
        price: money(500),
        available: 1,
        rating: { count: 0 },
      },
    ]);
  });

  test('of ids has them in that order, without those that there are not', async () => {
    const { product } = await openShop();
    expect((await list(product, '?ids=tea,none,cup,tea')).ids).toEqual(['tea', 'cup', 'tea']);
  });

  test('looks at a limited number of products at a time, and goes on where it was', async () => {
    const { aws, product } = await openProduct();
    for (let place = 0; place < 13; place += 1) {
      const rare = [6, 12].includes(place) ? ' rare' : '';
      await make(product, `p-${String(place).padStart(2, '0')}`, {
        name: `Product ${String(place).padStart(2, '0')}${rare}`,
        category: place < 7 ? 'a' : 'b',
      });
    }
    aws.forget();
    const { ids } = await list(product, '?query=rare');
    expect(ids).toEqual(['p-06', 'p-12']);
    expect(aws.calls('Query').map(({ IndexName, Limit }) => [IndexName, Limit])).toEqual([
      ['category', 100],
      ['category', 100],
    ]);
    expect(aws.calls('Scan')).toEqual([]);
    const table = openTable('eu-west-1', 'products');
    const catalogue = new Catalogue(table, 4);
    const pages: string[][] = [];
    let after: Place | undefined;
    do {
      aws.forget();
      const page = await catalogue.search({ words: ['rare'], limit: 1, after });
      pages.push(page.offers.map(({ productId }) => productId));
      const read = aws.calls('Query').reduce((sum, { Limit }) => sum + Number(Limit), 0);
      expect(read).toBeLessThanOrEqual(5);
      after = page.last;
    } while (after);
    expect(pages.flat()).toEqual(['p-06', 'p-12']);
    expect(pages.length).toBeGreaterThan(3);
    table.close();
  });

  test('does not take queries that are not as described', async () => {
    const { product } = await openProduct();
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=ten',
      'query=',
      `query=${'a'.repeat(101)}`,
      'category=Drinks',
      'category=',
      'ids=',
      'ids=tea,',
      'ids=Tea',
      `ids=${'a,'.repeat(50)}a`,
      'ids=tea&limit=1',
      'ids=tea&query=tea',
      'sort=price',
      'query=a&query=b',
      'next=x',
      'next=%20',
    ]) {
      const answer = await product.call({ method: 'GET', url: `/products?${query}` });
      expect([answer.statusCode, answer.json().status], query).toEqual([400, 400]);
      expect(answer.json().type).toMatch(/^urn:shop:bad-(request|cursor)$/);
    }
  });

  test('does not take the place of another category', async () => {
    const { product } = await openShop();
    const { next } = await list(product, '?category=dishes&limit=1');
    const answer = await product.call({ method: 'GET', url: `/products?category=drinks&next=${next}` });
    expect([answer.statusCode, answer.json().type]).toEqual([400, 'urn:shop:bad-cursor']);
    expect((await list(product, `?category=dishes&next=${next}`)).ids).toEqual(['pot']);
    expect((await list(product, `?next=${next}`)).ids).toEqual(['pot', 'mocha', 'tea']);
  });
});

test('a product is shown, an unknown one is not', async () => {
  const { product } = await openShop();
  const answer = await product.call({ method: 'GET', url: '/products/tea' });
  expect(answer.json()).toMatchObject({ productId: 'tea', available: 3 });
  const none = await product.call({ method: 'GET', url: '/products/none' });
  expect([none.statusCode, none.json().type]).toEqual([404, 'urn:shop:unknown-product']);
  expect((await product.call({ method: 'GET', url: '/products/No!' })).statusCode).toBe(400);
});
