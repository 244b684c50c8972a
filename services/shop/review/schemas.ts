import { PAGE_PROPERTIES } from '../shared/cursor';
import { object } from '../shared/schemas';
import { PRODUCT_ID } from './model';

const productId = { type: 'string', pattern: PRODUCT_ID };
const rating = { type: 'integer', minimum: 1, maximum: 5 };
const text = { type: 'string', minLength: 1, maxLength: 1_000, pattern: '\\S' };
const TIME = { type: 'string', format: 'date-time' };

/** The path of the customer's own review of a product. */
export const REVIEW_PARAMS = object({ productId });

/** Whose reviews are wanted, and which page of them. */
export const REVIEWS_QUERY = object({ productId, ...PAGE_PROPERTIES }, ['limit', 'next']);

/** What a customer says of a product. */
export const REVIEW_BODY = object({ rating, text });

/** A review. */
export const REVIEW = object({ productId, rating, text, postedAt: TIME, changedAt: TIME });

/** A page of reviews. */
export const REVIEWS = object({ reviews: { type: 'array', items: REVIEW }, next: { type: 'string' } }, [
  'next',
]);
