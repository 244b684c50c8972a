/** The form of a product's id, for a JSON schema. */
export const PRODUCT_ID = '^[a-z0-9][a-z0-9-]{0,63}$';

/** What a customer says of a product. */
export interface ReviewDraft {
  /** 1 to 5. */
  readonly rating: number;
  readonly text: string;
}

/** A review as others see it: without the customer, whom it does not concern. */
export interface Review extends ReviewDraft {
  readonly productId: string;
  /** ISO 8601, UTC: when the customer wrote it for the first time. */
  readonly postedAt: string;
  readonly changedAt: string;
}

/** All ratings of a product together. */
export interface RatingSum {
  readonly ratingCount: number;
  readonly ratingSum: number;
  /** Grows by one with each change, so that a late event does no harm. */
  readonly revision: number;
}

/** The ratings of a product of which there are none. */
export const NO_RATINGS: RatingSum = { ratingCount: 0, ratingSum: 0, revision: 0 };

/**
 * The ratings after a change.
 *
 * @param before the customer's rating until now; undefined where there is none
 * @param after the customer's rating from now on; undefined where it is taken back
 */
export function changed(
  ratings: RatingSum,
  before: number | undefined,
  after: number | undefined,
): RatingSum {
  const countOf = (rating: number | undefined) => (rating === undefined ? 0 : 1);
  return {
    ratingCount: ratings.ratingCount - countOf(before) + countOf(after),
    ratingSum: ratings.ratingSum - (before ?? 0) + (after ?? 0),
    revision: ratings.revision + 1,
  };
}
