import { describe, expect, test } from 'vitest';
import { openCart, openShop } from './support/shop-tab';

describe('who looks around', () => {
  test('sees products as text, with prices', async () => {
    const { tab } = await openShop();
    expect(tab.text('#products')).toBe(
      '<b>Cup</b> ¥500 Not rated yet Sold out Tea ¥500 Not rated yet In stock',
    );
    expect(tab.find('h1').textContent).toBe('Products');
    expect(tab.window.document.title).toBe('Products – Shop');
  });

  test('searches by words and category', async () => {
    const { tab } = await openShop();
    tab.write({ 'search-query': 'cup' });
    tab.click('#search-form [type=submit]');
    await expect.poll(() => tab.text('#products')).not.toContain('Tea');
    tab.write({ 'search-category': 'drinks' });
    tab.find('#search-category').dispatchEvent(new tab.window.Event('change'));
    await tab.shows('Nothing was found.');
    tab.write({ 'search-query': '' });
    tab.click('#search-form [type=submit]');
    await tab.shows('Tea', '#products');
    expect(tab.text('#products')).not.toContain('Cup');
    expect(tab.text()).not.toContain('Nothing was found.');
  });

  test('sees a product with its reviews, and hears where the focus is', async () => {
    const { front, tab } = await openShop();
    front.reviews.push({ rating: 4, text: '<b>Nice</b>', postedAt: '2026-11-20T15:00:00.000Z' });
    tab.go('#/product/tea');
    await tab.shows('4 of 5, 11/2');
    expect(tab.text('#product-view')).toContain('¥500 – 3 in stock – Not rated yet');
    expect(tab.text('#reviews')).toContain('<b>Nice</b>');
    expect(tab.window.document.activeElement?.id).toBe('product-heading');
    expect(tab.window.document.title).toBe('Tea – Shop');
  });

  test('is told that a product is not there, and to sign in before buying', async () => {
    const { tab } = await openShop();
    tab.go('#/product/none');
    await tab.shows('There is no such product.', '#alert');
    tab.go('#/product/tea');
    await tab.shows('3 in stock');
    tab.click('#add-form [type=submit]');
    await tab.shows('Please sign in first.', '#alert');
    await tab.shows('Register', '#account-view');
  });
});

test('no view breaks a rule of accessibility', async () => {
  const { front, tab } = await openCart();
  front.reviews.push({ rating: 4, text: 'Good.', postedAt: '2026-11-20T15:00:00.000Z' });
  front.orders.push({ orderId: 'o', state: 'PAID', items: [], createdAt: '2026-11-20T15:00:00.000Z' });
  expect(await tab.accessibilityFaults()).toEqual([]);
  for (const [hash, text] of [
    ['#/', 'Search'],
    ['#/product/tea', '4 of 5'],
    ['#/orders', 'on its way'],
    ['#/account', 'Account of Ann'],
  ] as const) {
    tab.go(hash);
    await tab.shows(text);
    expect(await tab.accessibilityFaults(), hash).toEqual([]);
  }
  tab.click('#sign-out');
  expect(await tab.accessibilityFaults()).toEqual([]);
});
