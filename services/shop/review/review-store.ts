import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { newEvent, type ShopEvent } from '../shared/events';
import { newId } from '../shared/ids';
import { outboxItem } from '../shared/outbox';
import { unavailable } from '../shared/problem';
import { isConditionFailure, isConflict, type Table, transact, type Writes } from '../shared/table';
import { changed, NO_RATINGS, type RatingSum, type Review, type ReviewDraft } from './model';

/** How often a change is tried while others rate the same product, and the longest first pause in milliseconds. */
const ATTEMPTS = 8;
const FIRST_PAUSE = 10;

const REVIEW = 'review#';
const RATINGS = 'ratings';

/** The sort keys of reviews; a part of them is in cursors. */
export const REVIEW_KEY = /^review#[0-9a-f-]{36}$/;

/** Some reviews of a product. */
export interface ReviewPage {
  readonly reviews: readonly Review[];
  /** The sort key of the last one, where older ones follow. */
  readonly last?: string;
}

/** A change that was made, and the event that tells it. */
export interface ReviewChange {
  readonly review?: Review;
  readonly isNew: boolean;
  /** Undefined where there was nothing to change. */
  readonly event?: ShopEvent;
}

/** Which review of a product is a customer's. */
interface Own {
  readonly reviewId: string;
  readonly rating: number;
  readonly postedAt: string;
}

/** The reviews in the table: one for each product and customer, and the sum of each product's ratings. */
export class ReviewStore {
  constructor(private readonly table: Table) {}

  /** Newest first, by the time at which they were written for the first time. */
  async list(productId: string, limit: number, after?: string): Promise<ReviewPage> {
    const { Items = [] } = await this.table.documents.send(
      new QueryCommand({
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :review)',
        ExpressionAttributeValues: { ':pk': partitionOf(productId), ':review': REVIEW },
        ScanIndexForward: false,
        // One more than the page holds tells whether another one follows; 101 reviews are less than a megabyte.
        Limit: limit + 1,
        ...(after && { ExclusiveStartKey: { pk: partitionOf(productId), sk: after } }),
      }),
    );
    const page = Items.slice(0, limit);
    return {
      reviews: page.map((item) => reviewOf(productId, item)),
      ...(Items.length > limit && { last: String(page.at(-1)?.sk) }),
    };
  }

  /** Writes the customer's review of a product, or writes it anew. */
  put(customerId: string, productId: string, draft: ReviewDraft): Promise<ReviewChange> {
    return this.change(customerId, productId, draft);
  }

  /** Takes it back; that there is none is no error. */
  remove(customerId: string, productId: string): Promise<ReviewChange> {
    return this.change(customerId, productId, undefined);
  }

  /**
   * The review, the sum and the event in one transaction. Its one condition is the revision of the sum that was read:
   * each change of a review of the product makes another one.
   */
  private async change(customerId: string, productId: string, draft?: ReviewDraft): Promise<ReviewChange> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { own, ratings } = await this.read(customerId, productId);
      if (!own && !draft) return { isNew: false };
      const now = new Date().toISOString();
      const next = changed(ratings, own?.rating, draft?.rating);
      const event = newEvent('review.changed', { productId, ...next });
      const reviewId = own?.reviewId ?? newId();
      const review = draft && { productId, ...draft, postedAt: own?.postedAt ?? now, changedAt: now };
      try {
        await transact(this.table, [
          this.ownWrite(customerId, productId, review && { ...review, reviewId }),
          this.reviewWrite(productId, reviewId, review),
          this.ratingsWrite(productId, ratings, next),
          outboxItem(this.table, event),
        ]);
        return { review, isNew: !own, event };
      } catch (error) {
        if (!isConditionFailure(error) && !isConflict(error)) throw error;
      }
      await pause(Math.random() * FIRST_PAUSE * 2 ** attempt);
    }
    throw unavailable('review');
  }

  private async read(customerId: string, productId: string): Promise<{ own?: Own; ratings: RatingSum }> {
    const { name } = this.table;
    const keys = [ownKey(customerId, productId), { pk: partitionOf(productId), sk: RATINGS }];
    const { Responses } = await this.table.documents.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: keys, ConsistentRead: true } } }),
    );
    const items = Responses?.[name] ?? [];
    const ratings = items.find(({ sk }) => sk === RATINGS) as RatingSum | undefined;
    const own = items.find(({ sk }) => sk !== RATINGS) as Own | undefined;
    return { own, ratings: ratings ?? NO_RATINGS };
  }

  private ownWrite(
    customerId: string,
    productId: string,
    next: (Review & { reviewId: string }) | undefined,
  ): Writes[number] {
    const TableName = this.table.name;
    const Key = ownKey(customerId, productId);
    if (!next) return { Delete: { TableName, Key } };
    const { reviewId, rating, postedAt } = next;
    return { Put: { TableName, Item: { ...Key, reviewId, rating, postedAt } } };
  }

  private reviewWrite(productId: string, reviewId: string, review: Review | undefined): Writes[number] {
    const TableName = this.table.name;
    const Key = { pk: partitionOf(productId), sk: `${REVIEW}${reviewId}` };
    if (!review) return { Delete: { TableName, Key } };
    const { rating, text, postedAt, changedAt } = review;
    return { Put: { TableName, Item: { ...Key, rating, text, postedAt, changedAt } } };
  }

  private ratingsWrite(productId: string, seen: RatingSum, next: RatingSum): Writes[number] {
    return {
      Put: {
        TableName: this.table.name,
        Item: { pk: partitionOf(productId), sk: RATINGS, ...next },
        ...(seen.revision === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :seen',
              ExpressionAttributeValues: { ':seen': seen.revision },
            }),
      },
    };
  }
}

function partitionOf(productId: string): string {
  return `product#${productId}`;
}

function ownKey(customerId: string, productId: string): { pk: string; sk: string } {
  return { pk: `customer#${customerId}`, sk: `review#${productId}` };
}

function reviewOf(productId: string, item: Readonly<Record<string, unknown>>): Review {
  const { rating, text, postedAt, changedAt } = item as unknown as Review;
  return { productId, rating, text, postedAt, changedAt };
}
