import { ask } from './shop-api.mjs';
import { find, make, onClick, onSubmit, price, say } from './shop-elements.mjs';
import { ratingText } from './shop-products.mjs';

let shown;

/** Shows a product with its reviews. */
export async function showProduct(productId) {
  shown = productId;
  const product = await ask('GET', `/products/${encodeURIComponent(productId)}`);
  if (shown !== productId) return;
  find('#product-heading').textContent = product.name;
  document.title = `${product.name} – Shop`;
  find('#product-description').textContent = product.description;
  const pieces = product.available > 0 ? `${product.available} in stock` : 'sold out';
  find('#product-facts').textContent = `${price(product.price)} – ${pieces} – ${ratingText(product.rating)}`;
  await showReviews(productId);
}

/** Makes the cart's form and the review's form work. */
export function startProduct() {
  onSubmit('#add-form', async () => {
    const quantity = Number(find('#add-quantity').value);
    await ask('PUT', `/cart/items/${shown}`, { body: { quantity } });
    say(
      quantity === 1
        ? 'There is 1 piece in your cart now.'
        : `There are ${quantity} pieces in your cart now.`,
    );
  });
  onSubmit('#review-form', async (form) => {
    const body = { rating: Number(find('#review-rating').value), text: find('#review-text').value };
    await ask('PUT', `/reviews/${shown}`, { body });
    form.reset();
    say('Your review is posted.');
    await showReviews(shown);
  });
  onClick('#review-remove', async () => {
    await ask('DELETE', `/reviews/${shown}`);
    say('There is no review of yours.');
    await showReviews(shown);
  });
}

async function showReviews(productId) {
  const { reviews } = await ask('GET', `/reviews?productId=${encodeURIComponent(productId)}`);
  if (shown !== productId) return;
  find('#reviews').replaceChildren(...reviews.map(reviewItem));
  find('#reviews-none').hidden = reviews.length > 0;
}

function reviewItem({ rating, text, postedAt }) {
  const time = make('time', { dateTime: postedAt, textContent: new Date(postedAt).toLocaleDateString('en') });
  return make(
    'li',
    {},
    make('p', {}, `${rating} of 5, `, time),
    make('p', { className: 'text', textContent: text }),
  );
}
