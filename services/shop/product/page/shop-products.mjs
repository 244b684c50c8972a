import { ask } from './shop-api.mjs';
import { find, make, onClick, onSubmit, price, run } from './shop-elements.mjs';

let next;
let turn = 0;

/** Shows the products that are asked for. */
export async function showProducts() {
  next = undefined;
  await load(true);
}

/** Makes the search work. */
export function startProducts() {
  onSubmit('#search-form', showProducts);
  onClick('#products-more', () => load(false));
  find('#search-category').addEventListener('change', () => void run(showProducts));
}

/** What people see of a product's rating. */
export function ratingText({ count, average }) {
  return count === 0 ? 'Not rated yet' : `${average} of 5 (${count})`;
}

async function load(fromStart) {
  turn += 1;
  const mine = turn;
  const query = new URLSearchParams({ limit: '12' });
  const words = find('#search-query').value.trim();
  const category = find('#search-category').value;
  if (words) query.set('query', words);
  if (category) query.set('category', category);
  if (next) query.set('next', next);
  const answer = await ask('GET', `/products?${query}`);
  // Somebody has asked for something else since then.
  if (mine !== turn) return;
  next = answer.next;
  const items = answer.products.map(productItem);
  if (fromStart) find('#products').replaceChildren(...items);
  else find('#products').append(...items);
  find('#products-none').hidden = find('#products').childElementCount > 0 || next !== undefined;
  find('#products-more').hidden = next === undefined;
  showCategories(answer.categories, category);
  if (!fromStart) items[0]?.querySelector('a').focus();
}

function productItem(product) {
  return make(
    'li',
    {},
    make('a', { href: `#/product/${product.productId}`, textContent: product.name }),
    make('p', { textContent: price(product.price) }),
    make('p', { className: 'quiet', textContent: ratingText(product.rating) }),
    make('p', { className: 'quiet', textContent: product.available > 0 ? 'In stock' : 'Sold out' }),
  );
}

function showCategories(categories, chosen) {
  const options = categories.map((name) => make('option', { value: name, textContent: name }));
  const select = find('#search-category');
  select.replaceChildren(make('option', { value: '', textContent: 'All' }), ...options);
  select.value = chosen;
}
