import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { newId } from '../ids';
import {
  cancellationCodes,
  isConditionFailure,
  isConflict,
  openTable,
  type Table,
  transact,
  type Writes,
} from '../table';
import { type FakeAws, startAws } from './support/aws';
import { startStub } from './support/stub';

let aws: FakeAws;
let table: Table;
let pk: string;

beforeAll(async () => {
  aws = await startAws();
  await aws.createTable('things');
  table = openTable('eu-west-1', 'things');
});
afterAll(async () => {
  table.close();
  await aws.close();
});
beforeEach(() => {
  pk = newId();
  aws.forget();
});

const put = (sk: string, more: object = {}, condition?: string): Writes[number] => ({
  Put: {
    TableName: 'things',
    Item: { pk, sk, ...more },
    ...(condition !== undefined && { ConditionExpression: condition }),
  },
});
const add = (sk: string, amount: number, least: number): Writes[number] => ({
  Update: {
    TableName: 'things',
    Key: { pk, sk },
    UpdateExpression: 'SET amount = amount + :amount',
    ConditionExpression: 'amount >= :least',
    ExpressionAttributeValues: { ':amount': amount, ':least': least },
  },
});
const remove = (sk: string): Writes[number] => ({ Delete: { TableName: 'things', Key: { pk, sk } } });
const exists = (sk: string): Writes[number] => ({
  ConditionCheck: {
    TableName: 'things',
    Key: { pk, sk },
    ConditionExpression: 'attribute_exists(pk)',
  },
});
const items = async () => (await aws.items('things')).filter((item) => item.pk === pk);
const failureOf = async (writes: Writes, token?: string): Promise<unknown> =>
  await transact(table, writes, token).then(
    () => undefined,
    (error: unknown) => error,
  );

test('all writes happen', async () => {
  await transact(table, [put('a', { amount: 5 }), put('b')]);
  await transact(table, [add('a', -2, 0), remove('b'), put('c'), put('d')]);
  expect(await items()).toEqual([
    { pk, sk: 'a', amount: 3 },
    { pk, sk: 'c' },
    { pk, sk: 'd' },
  ]);
});

test('none happens where one condition does not hold, and each says whether its own did', async () => {
  await transact(table, [put('a', { amount: 5 }), put('c')]);
  const error = await failureOf([
    put('b'),
    add('a', 1, 6),
    exists('c'),
    exists('z'),
    put('a2', {}, 'attribute_not_exists(pk)'),
  ]);
  expect(cancellationCodes(error)).toEqual([
    'None',
    'ConditionalCheckFailed',
    'None',
    'ConditionalCheckFailed',
    'None',
  ]);
  expect([isConditionFailure(error), isConflict(error)]).toEqual([true, false]);
  expect(await items()).toEqual([
    { pk, sk: 'a', amount: 5 },
    { pk, sk: 'c' },
  ]);
});

test('none stays where one is refused for what it would do', async () => {
  await transact(table, [put('a', { amount: 5 }), put('text', { amount: 'five' })]);
  const error = await failureOf([
    add('a', 1, 0),
    remove('text2'),
    put('new'),
    {
      Update: {
        TableName: 'things',
        Key: { pk, sk: 'text' },
        UpdateExpression: 'SET amount = amount + :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
    },
  ]);
  expect(cancellationCodes(error)).toEqual(['None', 'None', 'None', 'ValidationError']);
  expect(isConditionFailure(error)).toBe(false);
  expect(await items()).toEqual([
    { pk, sk: 'a', amount: 5 },
    { pk, sk: 'text', amount: 'five' },
  ]);
});

test('a token makes it happen once, and stands for one content', async () => {
  await transact(table, [put('a', { amount: 0 })]);
  await transact(table, [add('a', 1, 0)], `token-${pk.slice(-8)}`);
  await transact(table, [add('a', 1, 0)], `token-${pk.slice(-8)}`);
  expect(await items()).toEqual([{ pk, sk: 'a', amount: 1 }]);
  expect(await failureOf([add('a', 2, 0)], `token-${pk.slice(-8)}`)).toMatchObject({
    name: 'IdempotentParameterMismatchException',
  });
});

test('what DynamoDB refuses to try is refused', async () => {
  for (const [writes, reason] of [
    [[put('a'), remove('a')], /multiple operations on one item/],
    [Array.from({ length: 101 }, (_one, place) => put(`${place}`)), /1 to 100/],
    [[put('a', {}, 'size(')], /Syntax error/],
    [[put('a', {}, 'size = :none')], /reserved|not defined/i],
  ] as const) {
    expect(await failureOf([...writes])).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(reason),
    });
  }
  expect(await items()).toEqual([]);
});

test('fifty at once take what there is, and not more', async () => {
  await transact(table, [put('a', { amount: 20 })]);
  const results = await Promise.all(Array.from({ length: 50 }, () => failureOf([add('a', -1, 1)])));
  expect(results.filter((error) => error === undefined)).toHaveLength(20);
  expect(await items()).toEqual([{ pk, sk: 'a', amount: 0 }]);
});

const cancelledFor = (...codes: string[]) => ({ CancellationReasons: codes.map((Code) => ({ Code })) });

test('a transaction that meets another one is tried again', async () => {
  aws.fail('TransactWriteItems', 'TransactionCanceledException', 3, cancelledFor('TransactionConflict'));
  await transact(table, [put('a')]);
  expect(aws.calls('TransactWriteItems')).toHaveLength(4);
  expect(await items()).toHaveLength(1);
});

test('it is given up after six attempts, and says that it was a conflict', async () => {
  aws.fail(
    'TransactWriteItems',
    'TransactionCanceledException',
    6,
    cancelledFor('None', 'TransactionConflict'),
  );
  const error = await failureOf([put('a'), put('b')]);
  expect([isConflict(error), isConditionFailure(error)]).toEqual([true, false]);
  expect(aws.calls('TransactWriteItems')).toHaveLength(6);
});

test('a condition that fails beside a conflict is looked at again', async () => {
  const codes = cancelledFor('ConditionalCheckFailed', 'TransactionConflict');
  aws.fail('TransactWriteItems', 'TransactionCanceledException', 6, codes);
  const error = await failureOf([put('a'), put('b')]);
  expect(aws.calls('TransactWriteItems')).toHaveLength(6);
  expect([isConflict(error), isConditionFailure(error)]).toEqual([true, false]);
});

test('what has no value is not written', async () => {
  await transact(table, [put('a', { amount: undefined, more: { amount: undefined } })]);
  expect(await items()).toEqual([{ pk, sk: 'a', more: {} }]);
});

test('a table that does not answer ends the call after three attempts', async () => {
  const silence = await startStub(() => undefined);
  vi.stubEnv('AWS_ENDPOINT_URL', silence.url);
  const lost = openTable('eu-west-1', 'things', 200);
  await expect(lost.check()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(silence.requests).toHaveLength(3);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  lost.close();
  await silence.close();
});

test('a single write whose condition fails is told from other failures', async () => {
  const failure = await table.documents
    .send(
      new UpdateCommand({
        TableName: 'things',
        Key: { pk, sk: 'a' },
        UpdateExpression: 'SET amount = :none',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':none': 0 },
      }),
    )
    .catch((error: unknown) => error);
  expect([isConditionFailure(failure), isConflict(failure), cancellationCodes(failure)]).toEqual([
    true,
    false,
    [],
  ]);
  expect(isConditionFailure(new Error('else'))).toBe(false);
  expect(isConflict('else')).toBe(false);
});

test('a check of the table tells whether it is there', async () => {
  await expect(table.check()).resolves.toBeUndefined();
  const other = openTable('eu-west-1', 'others');
  await expect(other.check()).rejects.toThrow(/not found/i);
  other.close();
});
