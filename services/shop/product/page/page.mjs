import { showAccount, startAccount } from './shop-account.mjs';
import { addressOf } from './shop-api.mjs';
import { showCart, startCart } from './shop-cart.mjs';
import { find, run, say } from './shop-elements.mjs';
import { showOrders, startOrders } from './shop-orders.mjs';
import { showProduct, startProduct } from './shop-product.mjs';
import { showProducts, startProducts } from './shop-products.mjs';

const VIEWS = {
  '': ['products-view', showProducts],
  product: ['product-view', showProduct],
  cart: ['cart-view', showCart],
  orders: ['orders-view', showOrders],
  account: ['account-view', showAccount],
};

let first = true;

/** Shows what the address names. */
function show() {
  const [name, id] = addressOf(location.hash);
  const [view, fill] = VIEWS[name] ?? VIEWS[''];
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== view;
  const heading = find(`#${view} h1`);
  document.title = `${heading.textContent} – Shop`;
  // So that readers of the screen hear where they are; a page that has just been loaded is read from its top.
  if (!first) heading.focus();
  first = false;
  void run(() => fill(id));
}

for (const start of [startAccount, startProducts, startProduct, startCart, startOrders]) start();
addEventListener('hashchange', show);
// What was said belongs to the view that is left; views that follow an action keep it.
addEventListener('click', ({ target }) => {
  if (target.closest('a')) say('');
});
show();
