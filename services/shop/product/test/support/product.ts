import type { LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { money } from '../../../shared/money';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { closeAtEnd } from '../../../shared/test/support/close-at-end';
import type { FakeQueue } from '../../../shared/test/support/queues';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { buildProductService } from '../../product-service';

/** The table of a product service in a test. */
export const TABLE = 'products';

/** A product service with its table and queue. */
export interface OpenedProduct {
  readonly aws: FakeAws;
  readonly queue: FakeQueue;
  readonly product: OpenedService;
  /** Opens another process of the service, at the same table. */
  another(): Promise<OpenedService>;
}

/** Opens one for a test. */
export async function openProduct(): Promise<OpenedProduct> {
  const aws = await startAws();
  await aws.createTable(TABLE, { category: { partition: 'category', sort: 'byName' } });
  const queue = aws.queue('ratings', 50);
  const opened: OpenedService[] = [];
  closeAtEnd(async () => {
    await Promise.all(opened.map((service) => service.close()));
    await aws.close();
  });

  async function another(): Promise<OpenedService> {
    const service = await openService('product', (context) =>
      buildProductService({ tableName: TABLE, queueUrl: queue.url }, context),
    );
    opened.push(service);
    return service;
  }

  return { aws, queue, product: await another(), another };
}

/** What the upkeep sends of a product. */
export function draft(more: Readonly<Record<string, unknown>> = {}) {
  return { name: 'Tea', description: 'Green leaves', category: 'drinks', price: money(500), ...more };
}

/** Makes a product. */
export async function make(
  product: OpenedService,
  productId: string,
  more?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { statusCode } = await product.callInternal({
    method: 'PUT',
    url: `/products/${productId}`,
    payload: draft(more),
  });
  expect(statusCode).toBe(201);
}

/** Asks for a reservation. */
export function reserve(
  product: OpenedService,
  orderId: string,
  pieces: Readonly<Record<string, number>>,
): Promise<LightMyRequestResponse> {
  const items = Object.entries(pieces).map(([productId, quantity]) => ({ productId, quantity }));
  return product.callInternal({ method: 'PUT', url: `/reservations/${orderId}`, payload: { items } });
}

/** Ends a reservation. */
export function settle(
  product: OpenedService,
  kind: 'confirm' | 'release',
  orderId: string,
): Promise<LightMyRequestResponse> {
  return product.callInternal({ method: 'POST', url: `/reservations/${orderId}/${kind}` });
}

/** The pieces of a product, as the table has them. */
export async function piecesOf(aws: FakeAws, productId: string) {
  const items = await aws.items(TABLE);
  const item = items.find(({ pk, sk }) => pk === `product#${productId}` && sk === 'stock');
  return [item?.available, item?.reserved, item?.sold];
}
