import { ask } from './shop-api.mjs';
import { find, make, onClick, price } from './shop-elements.mjs';

const STATES = {
  PENDING: 'on its way',
  RESERVED: 'on its way',
  PAID: 'on its way',
  CONFIRMED: 'confirmed',
  REJECTED: 'rejected',
};

let next;

/** Shows the customer's orders, newest first. */
export async function showOrders() {
  next = undefined;
  find('#orders').replaceChildren();
  await load();
}

/** Makes the button for more of them work. */
export function startOrders() {
  onClick('#orders-more', load);
}

async function load() {
  const answer = await ask('GET', `/orders?limit=20${next ? `&next=${next}` : ''}`);
  next = answer.next;
  find('#orders').append(...answer.orders.map(orderItem));
  find('#orders-none').hidden = find('#orders').childElementCount > 0;
  find('#orders-more').hidden = next === undefined;
}

function orderItem({ orderId, state, reason, items, total, createdAt }) {
  const time = make('time', { dateTime: createdAt, textContent: new Date(createdAt).toLocaleString('en') });
  const why = reason ? ` (${reason.replaceAll('-', ' ')})` : '';
  const lines = items.map(({ name, productId, quantity }) => `${quantity} × ${name ?? productId}`);
  return make(
    'li',
    {},
    make('p', {}, time, ` – ${STATES[state] ?? state}${why}`),
    make('p', { textContent: lines.join(', ') }),
    make('p', { textContent: total ? price(total) : '' }),
    make('p', { className: 'quiet', textContent: orderId }),
  );
}
