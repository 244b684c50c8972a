import { PageTab } from './page-tab';
import { ShopFront } from './shop-front';

/** The page, as somebody sees it who has just come. */
export async function openShop() {
  const front = await ShopFront.start();
  const tab = await PageTab.open(front.url);
  await tab.shows('Tea', '#products');
  return { front, tab };
}

async function signIn(tab: PageTab) {
  tab.go('#/account');
  await tab.shows('Register');
  tab.write({ 'sign-in-email': 'ann@example.com', 'sign-in-password': 'a long password' });
  tab.click('#sign-in-form [type=submit]');
  await tab.shows('You are signed in.');
}

/** The page, with a customer who is signed in. */
export async function openSignedIn() {
  const opened = await openShop();
  await signIn(opened.tab);
  return opened;
}

/** Signed in, with two pieces of tea in the cart, and a card. */
export async function openCart() {
  const opened = await openSignedIn();
  opened.front.quantity = 2;
  opened.front.cards.push({ paymentMethodId: 'card-1', brand: 'visa', last4: '4242' });
  opened.tab.go('#/cart');
  await opened.tab.shows('visa … 4242');
  return opened;
}
