import { Problem, unavailable } from '../shared/problem';
import { isConditionFailure, type Table, transact, type Writes } from '../shared/table';
import { categoriesOf } from './catalogue';
import { CATEGORIES_KEY, productKey, stockKey } from './keys';
import type { ProductDraft } from './model';
import { readItems } from './read-items';
import { searchTextOf, sortNameOf } from './search';

type Action = Writes[number];

/** How many categories there may be: a list of all products asks for each of them. */
const MOST_CATEGORIES = 50;

/** How often it decides anew because another upkeep was faster. */
const ATTEMPTS = 5;

/** Writes products. */
export class Upkeep {
  constructor(private readonly table: Table) {}

  /**
   * Makes a product, or changes it; its rating stays, and its pieces do: later ones come by deliveries.
   *
   * @param stock the pieces of a new product
   * @returns whether it is new
   */
  async put(productId: string, draft: ProductDraft, stock: number): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const keys = [productKey(productId), stockKey(productId), CATEGORIES_KEY];
      const items = await readItems(this.table, keys, { consistent: true });
      const isNew = !items.some(({ sk }) => sk === 'stock');
      const categories = categoriesOf(items.find(({ sk }) => sk === CATEGORIES_KEY.sk));
      const isNewCategory = !categories.includes(draft.category);
      if (isNewCategory && categories.length >= MOST_CATEGORIES) throw tooManyCategories();
      try {
        await transact(this.table, [
          this.product(productId, draft),
          ...(isNew ? [this.firstStock(productId, stock)] : []),
          ...(isNewCategory ? [this.category(draft.category)] : []),
        ]);
        return isNew;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
      }
    }
    throw unavailable('catalogue');
  }

  private product(productId: string, draft: ProductDraft): Action {
    const { name, description, category, price } = draft;
    const values = {
      name,
      description,
      category,
      price,
      byName: sortNameOf(draft),
      searchText: searchTextOf(draft),
    };
    const sets = Object.keys(values).map((key) => `#${key} = :${key}`);
    return {
      Update: {
        TableName: this.table.name,
        Key: productKey(productId),
        UpdateExpression: `SET ${sets.join(', ')}, rating = if_not_exists(rating, :rating)`,
        ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((key) => [`#${key}`, key])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`:${key}`, value])),
          ':rating': { count: 0, sum: 0 },
        },
      },
    };
  }

  private firstStock(productId: string, available: number): Action {
    return {
      Put: {
        TableName: this.table.name,
        Item: { ...stockKey(productId), available, reserved: 0, sold: 0 },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
  }

  private category(name: string): Action {
    return {
      Update: {
        TableName: this.table.name,
        Key: CATEGORIES_KEY,
        UpdateExpression: 'ADD #names :names',
        ConditionExpression: 'attribute_not_exists(#names) OR size(#names) < :most',
        ExpressionAttributeNames: { '#names': 'names' },
        ExpressionAttributeValues: { ':names': new Set([name]), ':most': MOST_CATEGORIES },
      },
    };
  }
}

function tooManyCategories(): Problem {
  return new Problem(
    409,
    'too-many-categories',
    `There are ${MOST_CATEGORIES} categories already; take one of them.`,
  );
}
