/** The key of an item. */
export interface Key extends Record<string, string> {
  readonly pk: string;
  readonly sk: string;
}

/** Name, price and all else that seldom changes. */
export const productKey = (productId: string): Key => ({ pk: `product#${productId}`, sk: 'product' });

/** The pieces, apart from the product: they change with every purchase, and are in no index. */
export const stockKey = (productId: string): Key => ({ pk: `product#${productId}`, sk: 'stock' });

/** That a delivery has arrived. */
export const deliveryKey = (productId: string, deliveryId: string): Key => ({
  pk: `product#${productId}`,
  sk: `delivery#${deliveryId}`,
});

/** What is kept for an order. */
export const reservationKey = (orderId: string): Key => ({ pk: `order#${orderId}`, sk: 'reservation' });

/** The names of all categories. */
export const CATEGORIES_KEY: Key = { pk: 'catalogue', sk: 'categories' };

/** The index that lists products: partition `category`, sort `byName`, all attributes. Only products are in it. */
export const CATEGORY_INDEX = 'category';
