import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailure, type Table } from '../shared/table';
import { CATEGORIES_KEY, CATEGORY_INDEX, productKey, stockKey } from './keys';
import type { Product, StockLevel } from './model';
import { readItems } from './read-items';
import type { Place } from './search';
import { levelOf } from './stock-store';

type Item = Readonly<Record<string, unknown>>;

/**
 * How many products one search looks at. A search reads the index in order and filters, which suits a catalogue of some
 * thousand products; who has more puts a search engine such as OpenSearch in this place.
 */
const MOST_READ = 500;

/** How many products one query looks at where a search filters: 5 KB each are less than the megabyte of an answer. */
const QUERY_SIZE = 100;

/** A product and how many pieces can be had. */
export interface Offer extends Product {
  readonly available: number;
}

/** A product with its place in lists. */
interface ListedProduct extends Product, Place {}

/** Which products are wanted. */
export interface Search {
  readonly category?: string;
  /** All of them have to be in the text. */
  readonly words: readonly string[];
  readonly limit: number;
  readonly after?: Place;
}

/** A part of a list. It may have fewer products than asked for, or none, and go on all the same. */
export interface OfferPage {
  readonly offers: readonly Offer[];
  readonly last?: Place;
}

/** A rating of a product, as the reviews tell it. */
export interface RatingState {
  readonly productId: string;
  readonly ratingCount: number;
  readonly ratingSum: number;
  /** Grows with each change. */
  readonly revision: number;
}

/** The products in the table, for those who look around. */
export class Catalogue {
  /** @param mostRead how many products one search looks at, about */
  constructor(
    private readonly table: Table,
    private readonly mostRead = MOST_READ,
  ) {}

  /** The names of all categories, in order. */
  async categories(): Promise<readonly string[]> {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key: CATEGORIES_KEY }),
    );
    return categoriesOf(Item);
  }

  /** Products in the order of categories and names; each call looks at a limited number of them. */
  async search({ category, words, limit, after }: Search): Promise<OfferPage> {
    const all = category === undefined ? await this.categories() : [category];
    const categories = all.filter((name) => after === undefined || name >= after.category);
    const products: ListedProduct[] = [];
    let left = this.mostRead;
    for (const name of categories) {
      let start = after?.category === name ? after : undefined;
      do {
        // One more than the page holds tells whether another one follows.
        const wanted = words.length > 0 ? QUERY_SIZE : limit + 1 - products.length;
        const answer = await this.query(name, words, Math.max(1, Math.min(left, wanted)), start);
        products.push(...answer.products);
        left -= answer.read;
        start = answer.last;
        const page = products.slice(0, limit);
        if (products.length > limit) return { offers: await this.withStock(page), last: page.at(-1) };
        if (left <= 0 && start) return { offers: await this.withStock(page), last: start };
      } while (start);
    }
    return { offers: await this.withStock(products) };
  }

  /** The products with these ids, as far as there are any, in the given order. */
  async find(productIds: readonly string[]): Promise<readonly Offer[]> {
    const keys = [...new Set(productIds)].flatMap((id) => [productKey(id), stockKey(id)]);
    const items = await readItems(this.table, keys, { consistent: false });
    const products = new Map(
      items.filter(({ sk }) => sk === 'product').map((item) => [item.pk, productOf(item)]),
    );
    const levels = new Map(items.filter(({ sk }) => sk === 'stock').map((item) => [item.pk, levelOf(item)]));
    return productIds.flatMap((id) => {
      const { pk } = productKey(id);
      const product = products.get(pk);
      return product ? [offerOf(product, levels.get(pk))] : [];
    });
  }

  /** Takes a newer rating over; false where a newer one is there, or no such product. */
  async rate({ productId, ratingCount, ratingSum, revision }: RatingState): Promise<boolean> {
    try {
      await this.table.documents.send(
        new UpdateCommand({
          TableName: this.table.name,
          Key: productKey(productId),
          UpdateExpression: 'SET rating = :rating, ratingRevision = :revision',
          ConditionExpression:
            'attribute_exists(pk) AND (attribute_not_exists(ratingRevision) OR ratingRevision < :revision)',
          ExpressionAttributeValues: {
            ':rating': { count: ratingCount, sum: ratingSum },
            ':revision': revision,
          },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  private async query(category: string, words: readonly string[], size: number, start?: Place) {
    const {
      Items = [],
      ScannedCount = size,
      LastEvaluatedKey,
    } = await this.table.documents.send(
      new QueryCommand({
        TableName: this.table.name,
        IndexName: CATEGORY_INDEX,
        KeyConditionExpression: 'category = :category',
        ...(words.length > 0 && {
          FilterExpression: words.map((_, place) => `contains(searchText, :word${place})`).join(' AND '),
        }),
        ExpressionAttributeValues: {
          ':category': category,
          ...Object.fromEntries(words.map((word, place) => [`:word${place}`, word])),
        },
        Limit: size,
        ...(start && {
          ExclusiveStartKey: { ...productKey(start.productId), category, byName: start.byName },
        }),
      }),
    );
    return {
      products: Items.map(listedProductOf),
      read: ScannedCount,
      last: LastEvaluatedKey && listedProductOf(LastEvaluatedKey),
    };
  }

  private async withStock(products: readonly Product[]): Promise<Offer[]> {
    const keys = products.map(({ productId }) => stockKey(productId));
    const items = await readItems(this.table, keys, { consistent: false });
    const levels = new Map(items.map((item) => [item.pk, levelOf(item)]));
    return products.map((product) => offerOf(product, levels.get(productKey(product.productId).pk)));
  }
}

/** The names that the item of all categories holds, in order; none where there is no such item yet. */
export function categoriesOf(item: Item | undefined): readonly string[] {
  return item?.names instanceof Set ? [...item.names].map(String).sort() : [];
}

/** The product that an item holds. */
function productOf({ pk, name, description, category, price, rating }: Item): Product {
  const productId = String(pk).slice(productKey('').pk.length);
  return { productId, name, description, category, price, rating } as Product;
}

function listedProductOf(item: Item): ListedProduct {
  return { ...productOf(item), byName: String(item.byName) };
}

function offerOf(
  { productId, name, description, category, price, rating }: Product,
  level?: StockLevel,
): Offer {
  return { productId, name, description, category, price, rating, available: level?.available ?? 0 };
}
