import { describe, expect, test } from 'vitest';
import { openCart, openShop, openSignedIn } from './support/shop-tab';

describe('a customer', () => {
  test('registers and is signed in', async () => {
    const { front, tab } = await openShop();
    tab.go('#/account');
    await tab.shows('Register');
    tab.write({
      'register-name': 'Ann',
      'register-email': 'ann@example.com',
      'register-password': 'a long password',
    });
    tab.click('#register-form [type=submit]');
    await tab.shows('You are signed in.', '#status');
    const [request] = front.received('POST', '/customers');
    expect(request?.body).toEqual({ name: 'Ann', email: 'ann@example.com', password: 'a long password' });
    expect(request?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    tab.go('#/account');
    await tab.shows('Account of Ann');
    tab.click('#sign-out');
    await tab.shows('You are signed out.');
    expect(tab.text('header')).toContain('Sign in');
    expect(tab.window.sessionStorage).toHaveLength(0);
  });

  test('is told what is wrong with the password', async () => {
    const { front, tab } = await openShop();
    front.instead.push({
      request: 'POST /sessions',
      answer: [401, { type: 'urn:shop:sign-in-failed', detail: 'E-mail or password are wrong.' }],
    });
    tab.go('#/account');
    await tab.shows('Register');
    tab.write({ 'sign-in-email': 'ann@example.com', 'sign-in-password': 'wrong' });
    tab.click('#sign-in-form [type=submit]');
    await tab.shows('E-mail or password are wrong.', '#alert');
    expect(tab.text('header')).toContain('Sign in');
  });

  test('puts pieces into the cart, changes them and takes them out', async () => {
    const { front, tab } = await openSignedIn();
    tab.go('#/product/tea');
    await tab.shows('3 in stock');
    tab.write({ 'add-quantity': '2' });
    tab.click('#add-form [type=submit]');
    await tab.shows('There are 2 pieces in your cart now.', '#status');
    tab.go('#/cart');
    await tab.shows('Total: ¥1,000');
    const field = tab.find('#cart-lines input');
    expect(field.getAttribute('aria-label')).toBe('Pieces of Tea');
    Reflect.set(field, 'value', '3');
    field.dispatchEvent(new tab.window.Event('change'));
    await tab.shows('Total: ¥1,500');
    expect(front.received('PUT', '/cart/items/tea').map(({ body }) => body)).toEqual([
      { quantity: 2 },
      { quantity: 3 },
    ]);
    tab.click('#cart-lines button');
    await tab.shows('Your cart is empty.');
    expect(tab.text('#cart-view')).not.toContain('Buy');
  });

  test('adds a card and buys, and sees the order', async () => {
    const { front, tab } = await openSignedIn();
    front.quantity = 2;
    tab.go('#/cart');
    await tab.shows('Total: ¥1,000');
    tab.write({ 'card-number': '4242 4242 4242 4242', 'card-holder': 'Ann' });
    tab.click('#card-form [type=submit]');
    await tab.shows('Your card is added.');
    expect(front.received('POST', '/payment-methods')[0]?.body).toEqual({
      cardNumber: '4242424242424242',
      expiryMonth: 12,
      expiryYear: 2034,
      cardholder: 'Ann',
    });
    expect(Reflect.get(tab.find('#card-number'), 'value')).toBe('');
    tab.click('#buy-form [type=submit]');
    await tab.shows('Thank you! Your order is confirmed.', '#status');
    await tab.shows('2 × Tea', '#orders');
    expect(tab.text('#orders')).toContain('confirmed 2 × Tea ¥1,000 order-1');
    const [request] = front.received('POST', '/cart/checkout');
    expect(request?.body).toEqual({
      paymentMethodId: 'card-1',
      expectedTotal: { amount: 1_000, currency: 'JPY' },
    });
    expect(tab.window.sessionStorage).toHaveLength(1);
  });

  test('buys without prices where they are not known', async () => {
    const { front, tab } = await openCart();
    front.pricesKnown = false;
    tab.go('#/orders');
    await tab.shows('There are no orders.');
    tab.go('#/cart');
    await tab.shows('The prices are not known at the moment.');
    tab.click('#buy-form [type=submit]');
    await tab.shows('Thank you!');
    expect(front.received('POST', '/cart/checkout')[0]?.body).toEqual({ paymentMethodId: 'card-1' });
  });

  test('buys once, however often the button is pressed, and sends the same key while the end is not known', async () => {
    const { front, tab } = await openCart();
    const away = { detail: 'Please try again soon.' };
    front.instead.push({ request: 'POST /cart/checkout', answer: [503, away] });
    tab.click('#buy-form [type=submit]');
    tab.click('#buy-form [type=submit]');
    await tab.shows('Please try again soon.', '#alert');
    tab.click('#buy-form [type=submit]');
    await tab.shows('Thank you!');
    const keys = front.received('POST', '/cart/checkout').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  test('takes a new key after a purchase that was refused', async () => {
    const { front, tab } = await openCart();
    const request = 'POST /cart/checkout';
    front.instead.push({ request, answer: [402, { detail: 'The payment was declined.' }] });
    front.instead.push({ request, answer: [409, { type: 'urn:shop:other-content', detail: 'other' }] });
    tab.click('#buy-form [type=submit]');
    await tab.shows('The payment was declined.', '#alert');
    tab.click('#buy-form [type=submit]');
    await tab.shows('look at your orders before you buy again', '#alert');
    tab.click('#buy-form [type=submit]');
    await tab.shows('Thank you!');
    const keys = front.received('POST', '/cart/checkout').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
  });

  test('is told that an order is on its way, or to add a card first', async () => {
    const { front, tab } = await openCart();
    front.cards.length = 0;
    tab.go('#/orders');
    await tab.shows('There are no orders.');
    tab.go('#/cart');
    await tab.shows('Total: ¥1,000');
    await expect.poll(() => tab.find('#buy-card').childElementCount).toBe(0);
    tab.find('#buy-form').dispatchEvent(new tab.window.Event('submit'));
    await tab.shows('Please add a card first.', '#alert');
    tab.write({ 'card-number': '4242424242424242', 'card-holder': 'Ann' });
    tab.click('#card-form [type=submit]');
    await tab.shows('Your card is added.');
    front.instead.push({ request: 'POST /cart/checkout', answer: [202, { state: 'PAID' }] });
    tab.click('#buy-form [type=submit]');
    await tab.shows('Your order is on its way.', '#status');
  });

  test('sees why an order was rejected', async () => {
    const { front, tab } = await openSignedIn();
    front.orders.push({
      orderId: 'o',
      state: 'REJECTED',
      reason: 'out-of-stock',
      items: [{ productId: 'tea', quantity: 2 }],
      createdAt: '2026-11-21T15:00:00.000Z',
    });
    tab.go('#/orders');
    await tab.shows('rejected (out of stock) 2 × tea');
  });

  test('posts a review, and takes it back', async () => {
    const { front, tab } = await openSignedIn();
    tab.go('#/product/tea');
    await tab.shows('There are no reviews.');
    tab.write({ 'review-rating': '4', 'review-text': 'Good.' });
    tab.click('#review-form [type=submit]');
    await tab.shows('4 of 5', '#reviews');
    expect(tab.text('#status')).toBe('Your review is posted.');
    expect(front.received('PUT', '/reviews/tea')[0]?.body).toEqual({ rating: 4, text: 'Good.' });
    tab.click('#review-remove');
    await tab.shows('There are no reviews.');
  });

  test('whose token is over has to sign in again', async () => {
    const { front, tab } = await openSignedIn();
    front.instead.push({
      request: 'GET /orders',
      answer: [401, { type: 'urn:shop:unauthenticated', detail: 'The token has expired.' }],
    });
    tab.go('#/orders');
    await tab.shows('Please sign in first.', '#alert');
    await tab.shows('Register', '#account-view');
    expect(tab.window.sessionStorage).toHaveLength(0);
  });
});
