import { ask, newKey, Refusal } from './shop-api.mjs';
import { complain, find, make, onSubmit, price, run, say } from './shop-elements.mjs';

/** The key of a purchase whose end is not known yet: the same one is sent until it is. */
const PURCHASE = 'shop-purchase';

let total;

/** Shows the cart and the cards. */
export async function showCart() {
  const cart = await ask('GET', '/cart');
  total = cart.total;
  find('#cart-lines').replaceChildren(...cart.items.map(lineItem));
  find('#cart-none').hidden = cart.items.length > 0;
  find('#buy-form').hidden = cart.items.length === 0;
  find('#cart-total').textContent = totalText(cart);
  await showCards();
}

/** Makes buying and adding cards work. */
export function startCart() {
  onSubmit('#buy-form', buy);
  onSubmit('#card-form', async (form) => {
    const body = {
      cardNumber: find('#card-number').value.replace(/\s/g, ''),
      expiryMonth: Number(find('#card-month').value),
      expiryYear: Number(find('#card-year').value),
      cardholder: find('#card-holder').value,
    };
    const { paymentMethodId } = await ask('POST', '/payment-methods', { body, key: newKey() });
    form.reset();
    await showCards();
    find('#buy-card').value = paymentMethodId;
    say('Your card is added.');
  });
}

function totalText({ items, pricesKnown, total: sum }) {
  if (items.length === 0) return '';
  if (sum) return `Total: ${price(sum)}`;
  return pricesKnown
    ? 'Something in your cart is not sold any more.'
    : 'The prices are not known at the moment. You can buy all the same, and see the total in your order.';
}

function lineItem({ productId, name = productId, quantity, lineTotal }) {
  const field = make('input', {
    type: 'number',
    min: '1',
    max: '99',
    value: String(quantity),
    required: true,
  });
  field.setAttribute('aria-label', `Pieces of ${name}`);
  field.addEventListener('change', () => {
    if (field.reportValidity()) void run(() => change('PUT', productId, { quantity: Number(field.value) }));
  });
  const button = make('button', { type: 'button', textContent: 'Take out' });
  button.setAttribute('aria-label', `Take ${name} out`);
  button.addEventListener('click', () => void run(() => change('DELETE', productId)));
  return make(
    'li',
    {},
    make('a', { href: `#/product/${productId}`, textContent: name }),
    make('p', { textContent: lineTotal ? price(lineTotal) : 'Price not known' }),
    field,
    button,
  );
}

async function change(method, productId, body) {
  await ask(method, `/cart/items/${productId}`, { body });
  await showCart();
  say('Your cart is changed.');
  find('#cart-heading').focus();
}

async function showCards() {
  const { paymentMethods } = await ask('GET', '/payment-methods');
  const options = paymentMethods.map(({ paymentMethodId, brand, last4 }) =>
    make('option', { value: paymentMethodId, textContent: `${brand} … ${last4}` }),
  );
  find('#buy-card').replaceChildren(...options);
}

async function buy() {
  const paymentMethodId = find('#buy-card').value;
  if (!paymentMethodId) return complain('Please add a card first.');
  const key = sessionStorage.getItem(PURCHASE) ?? newKey();
  sessionStorage.setItem(PURCHASE, key);
  const body = { paymentMethodId, ...(total && { expectedTotal: total }) };
  try {
    const order = await ask('POST', '/cart/checkout', { body, key });
    sessionStorage.removeItem(PURCHASE);
    say(order.state === 'CONFIRMED' ? 'Thank you! Your order is confirmed.' : 'Your order is on its way.');
    location.hash = '#/orders';
  } catch (error) {
    const isEnd = error instanceof Refusal && [400, 402, 409].includes(error.status);
    if (isEnd) sessionStorage.removeItem(PURCHASE);
    if (error.kind !== 'other-content') throw error;
    complain('Your last purchase may have gone through: look at your orders before you buy again.');
  }
}
