import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../shared/table';
import { Stock } from '../stock';
import { StockStore } from '../stock-store';
import { make, openProduct, piecesOf, reserve, settle, TABLE } from './support/product';

/** What DynamoDB says when transactions meet on an item, or conditions do not hold. */
function cancelledBy(...codes: string[]) {
  return { CancellationReasons: codes.map((Code) => ({ Code })) };
}

const CANCELLED = 'TransactionCanceledException';

describe('the last fifty pieces', () => {
  test('go to fifty of two hundred that ask at once, in a handful of transactions', async () => {
    const { aws, product } = await openProduct();
    await make(product, 'tea', { stock: 50 });
    aws.forget();
    const start = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, place) => reserve(product, `order-${place}`, { tea: 1 })),
    );
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(50);
    const refused = answers.filter(({ statusCode }) => statusCode === 409).map((answer) => answer.json());
    expect(refused).toHaveLength(150);
    for (const problem of refused)
      expect(problem).toMatchObject({ type: 'urn:shop:out-of-stock', productIds: ['tea'] });
    expect(await piecesOf(aws, 'tea')).toEqual([0, 50, 0]);
    expect(aws.calls('TransactWriteItems').length).toBeLessThanOrEqual(5);
  });

  test('go to fifty, too, when two replicas are asked', async () => {
    const { aws, product, another } = await openProduct();
    const other = await another();
    await make(product, 'tea', { stock: 50 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, place) =>
        reserve(place % 2 === 0 ? product : other, `order-${place}`, { tea: 1 }),
      ),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(50);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(150);
    expect(await piecesOf(aws, 'tea')).toEqual([0, 50, 0]);
  });
});

describe('a transaction that was cancelled', () => {
  test.each([
    ['met others', ['TransactionConflict', 'None']],
    ['came when another replica had taken pieces', ['ConditionalCheckFailed', 'None']],
    ['had both', ['TransactionConflict', 'ConditionalCheckFailed']],
    ['was one too many at once', ['ThrottlingError', 'None']],
    ['was more than the table is made for', ['None', 'ProvisionedThroughputExceeded']],
  ])('because it %s, is tried again', async (_, codes) => {
    const { aws, product } = await openProduct();
    await make(product, 'tea', { stock: 1 });
    aws.fail('TransactWriteItems', CANCELLED, 3, cancelledBy(...codes));
    expect((await reserve(product, 'a', { tea: 1 })).statusCode).toBe(200);
    expect(await piecesOf(aws, 'tea')).toEqual([0, 1, 0]);
  });

  test('because of its content, is not', async () => {
    const { aws, product } = await openProduct();
    await make(product, 'tea', { stock: 1 });
    aws.forget();
    aws.fail('TransactWriteItems', CANCELLED, 1, cancelledBy('ValidationError', 'None'));
    expect((await reserve(product, 'a', { tea: 1 })).statusCode).toBe(500);
    expect(aws.calls('TransactWriteItems')).toHaveLength(1);
  });

  test('again and again, is a service that can not be reached, and never out of stock', async () => {
    const { aws, product } = await openProduct();
    await make(product, 'tea', { stock: 1 });
    const table = openTable('eu-west-1', TABLE);
    const stock = new Stock(new StockStore(table), 100);
    aws.fail('TransactWriteItems', CANCELLED, 1_000, cancelledBy('TransactionConflict', 'None'));
    await expect(stock.reserve('a', [{ productId: 'tea', quantity: 1 }])).rejects.toMatchObject({
      statusCode: 503,
      slug: 'dependency-unavailable',
    });
    table.close();
  });
});

test('what the table leaves out is asked for again', async () => {
  const { aws, product } = await openProduct();
  const pk = { S: 'product#tea' };
  const items: Record<string, object> = {
    product: { pk, name: { S: 'Tea' }, price: { M: { amount: { N: '5' }, currency: { S: 'JPY' } } } },
    stock: { pk, available: { N: '1' }, reserved: { N: '0' }, sold: { N: '0' } },
  };
  aws.on('DynamoDB_20120810.BatchGetItem', (body) => {
    const { RequestItems } = body as { RequestItems: Record<string, { Keys: { sk: { S: string } }[] }> };
    const [key, ...left] = RequestItems[TABLE]?.Keys ?? [];
    const item = items[key?.sk.S ?? ''];
    return {
      Responses: { [TABLE]: item ? [{ ...item, sk: key?.sk }] : [] },
      UnprocessedKeys: left.length > 0 ? { [TABLE]: { Keys: left } } : {},
    };
  });
  aws.on('DynamoDB_20120810.TransactWriteItems', () => ({}));
  const answer = await reserve(product, 'a', { tea: 1 });
  expect([answer.statusCode, answer.json().total.amount]).toEqual([200, 5]);
});

test('a table that leaves out items for ever is one that can not be reached', async () => {
  const { aws, product } = await openProduct();
  aws.on('DynamoDB_20120810.BatchGetItem', ({ RequestItems }) => ({
    Responses: {},
    UnprocessedKeys: RequestItems,
  }));
  const answer = await reserve(product, 'a', { tea: 1 });
  expect([answer.statusCode, answer.json().type]).toEqual([503, 'urn:shop:storage-unavailable']);
});

test('ended reservations go after 30 days, others stay', async () => {
  const { aws, product } = await openProduct();
  await make(product, 'tea', { stock: 9 });
  for (const orderId of ['a', 'b', 'c']) await reserve(product, orderId, { tea: 1 });
  await settle(product, 'confirm', 'a');
  await settle(product, 'release', 'b');
  await settle(product, 'release', 'never');
  const items = (await aws.items(TABLE)).filter(({ sk }) => sk === 'reservation');
  const inDays = (expiresAt: unknown) => Math.round((Number(expiresAt) - Date.now() / 1_000) / 86_400);
  expect(items.map(({ orderId, expiresAt }) => [orderId, expiresAt && inDays(expiresAt)])).toEqual([
    ['a', 30],
    ['b', 30],
    ['c', undefined],
    ['never', 30],
  ]);
});

const step = fc.record({
  orderId: fc.constantFrom('a', 'b', 'c', 'd'),
  kind: fc.constantFrom('reserve', 'confirm', 'release'),
  replica: fc.nat({ max: 1 }),
});

test('two replicas, any interleaving, any repeats: every piece is in one place', async () => {
  const { aws, product } = await openProduct();
  const tables = [openTable('eu-west-1', TABLE), openTable('eu-west-1', TABLE)];
  const stocks = tables.map((table) => new Stock(new StockStore(table)));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
      async (rounds) => {
        run += 1;
        const tea = `tea-${run}`;
        await make(product, tea, { stock: 5 });
        for (const round of rounds) {
          await Promise.all(
            round.map(({ orderId, kind, replica }) => {
              const id = `${run}-${orderId}`;
              const stock = stocks[replica];
              return kind === 'reserve'
                ? stock?.reserve(id, [{ productId: tea, quantity: 2 }])
                : stock?.settle(kind, id);
            }),
          );
        }
        const records = (await aws.items(TABLE)).filter(({ pk }) => String(pk).startsWith(`order#${run}-`));
        const held = { RESERVED: 0, CONFIRMED: 0, RELEASED: 0 };
        for (const record of records) {
          const { state, lines } = record as { state: keyof typeof held; lines: { quantity: number }[] };
          held[state] += lines[0]?.quantity ?? 0;
        }
        const expected = [5 - held.RESERVED - held.CONFIRMED, held.RESERVED, held.CONFIRMED];
        expect(await piecesOf(aws, tea)).toEqual(expected);
        expect(expected[0]).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 25 },
  );
  for (const table of tables) table.close();
});
