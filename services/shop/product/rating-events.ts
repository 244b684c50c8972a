import type { ShopEvent } from '../shared/events';
import type { RatingState } from './catalogue';

/** The event of the review service that product listens to. */
const TYPE = 'review.changed';

/**
 * The rating that an event tells; undefined where it is of another type.
 *
 * @throws where the event has the type and not its data: such a message ends in the dead-letter queue
 */
export function ratingIn({ type, data }: ShopEvent): RatingState | undefined {
  if (type !== TYPE) return undefined;
  if (!isRatingState(data)) throw new TypeError(`${TYPE} without its data`);
  const { productId, ratingCount, ratingSum, revision } = data;
  return { productId, ratingCount, ratingSum, revision };
}

function isRatingState(data: unknown): data is RatingState {
  if (typeof data !== 'object' || data === null) return false;
  const { productId, ratingCount, ratingSum, revision } = data as Partial<Record<string, unknown>>;
  return (
    typeof productId === 'string' &&
    productId !== '' &&
    isCount(ratingCount) &&
    isCount(ratingSum) &&
    isCount(revision) &&
    ratingSum >= ratingCount &&
    ratingSum <= ratingCount * 5
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
