import type { LocalShop } from './local-shop';

/** A product as the product service's internal API takes it. */
export interface Goods {
  readonly productId: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;

  /** In yen. */
  readonly price: number;

  /** The pieces at its creation. */
  readonly stock: number;
}

/** What a new shop sells. */
const GOODS: readonly Goods[] = [
  {
    productId: 'iron-kettle',
    name: 'Iron kettle',
    description: 'Holds 1.2 litres, cast in Morioka, for gas and induction.',
    category: 'kitchen',
    price: 14_800,
    stock: 20,
  },
  {
    productId: 'tea-bowl',
    name: 'Tea bowl',
    description: 'Stoneware with an ash glaze; no two look the same.',
    category: 'kitchen',
    price: 3_200,
    stock: 120,
  },
  {
    productId: 'green-tea',
    name: 'Green tea',
    description: 'Sencha of the first harvest, 100 g.',
    category: 'food',
    price: 1_080,
    stock: 500,
  },
  {
    productId: 'desk-lamp',
    name: 'Desk lamp',
    description: 'A light of 600 lumens that can be dimmed, with a wooden arm.',
    category: 'home',
    price: 8_900,
    stock: 35,
  },
  {
    productId: 'linen-towel',
    name: 'Linen towel',
    description: 'Dries fast and lasts for years; 45 by 70 cm.',
    category: 'home',
    price: 1_650,
    stock: 200,
  },
  {
    productId: 'last-poster',
    name: 'The last poster',
    description: 'There is one left: good for seeing what the shop says when it is gone.',
    category: 'home',
    price: 2_000,
    stock: 1,
  },
];

/** Puts products into the catalogue, as the shop's staff would; one that is there gets its texts and price anew. */
export async function stockUp(shop: LocalShop, goods: readonly Goods[] = GOODS): Promise<void> {
  const url = shop.service('product').url('internal');
  for (const { productId, price, ...rest } of goods) {
    const response = await fetch(`${url}/products/${productId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...rest, price: { amount: price, currency: 'JPY' } }),
    });
    if (!response.ok) throw new Error(`${productId}: ${response.status} ${await response.text()}`);
  }
}
