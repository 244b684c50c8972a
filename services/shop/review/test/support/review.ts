import { expect } from 'vitest';
import { newEvent } from '../../../shared/events';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { closeAtEnd } from '../../../shared/test/support/close-at-end';
import type { FakeQueue } from '../../../shared/test/support/queues';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { startIssuer } from '../../../shared/test/support/tokens';
import { buildReviewService } from '../../review-service';

/** The table of a review service in a test. */
export const TABLE = 'reviews';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:reviews';

/** A review service with all that it asks. */
export interface OpenedReview {
  readonly aws: FakeAws;
  readonly queue: FakeQueue;
  readonly review: OpenedService;
  /** Asks as a customer. */
  as(
    customer: string,
    method: 'PUT' | 'DELETE',
    productId: string,
    payload?: object,
  ): ReturnType<OpenedService['call']>;
  /** Lets events arrive, and waits until they are dealt with. */
  send(...events: unknown[]): Promise<void>;
  /** Tells that a customer has bought products. */
  bought(customerId: string, ...productIds: string[]): Promise<void>;
}

/** Opens one for a test; its background work runs. */
export async function openReview(recoveryInterval = 60_000): Promise<OpenedReview> {
  const aws = await startAws();
  await aws.createTable(TABLE, { outbox: { partition: 'outbox', sort: 'createdAt' } });
  const queue = aws.queue('orders', 50);
  const issuer = await startIssuer();
  const review = await openService('review', (context) =>
    buildReviewService(
      { tableName: TABLE, queueUrl: queue.url, topicArn: TOPIC, customerUrl: issuer.url, recoveryInterval },
      context,
    ),
  );
  for (const work of review.service.background ?? []) work.start();
  closeAtEnd(async () => {
    await review.close();
    await Promise.all([issuer.close(), aws.close()]);
  });

  async function send(...events: unknown[]): Promise<void> {
    for (const event of events) queue.send(event);
    await expect.poll(() => queue.size, { timeout: 10_000 }).toBe(0);
  }

  return {
    aws,
    queue,
    review,
    send,
    async as(customer, method, productId, payload) {
      const headers = await issuer.headersOf(customer);
      return await review.call({ method, url: `/reviews/${productId}`, payload, headers });
    },
    async bought(customerId, ...productIds) {
      const items = productIds.map((productId) => ({ productId, quantity: 1 }));
      await send(newEvent('order.confirmed', { orderId: `order-of-${customerId}`, customerId, items }));
    },
  };
}
