import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../shared/environment';
import { checkDocument } from '../../shared/test/support/openapi';
import { readProductSettings } from '../settings';
import { openProduct } from './support/product';

test('the documents describe the routes', async () => {
  const { product } = await openProduct();
  await checkDocument(product.app, join(__dirname, '..', 'openapi.json'));
  await checkDocument(product.internal, join(__dirname, '..', 'openapi-internal.json'));
  expect(Object.keys(product.app.swagger().paths ?? {})).not.toContain('/');
});

test('the service is ready where its table is', async () => {
  const { aws, product } = await openProduct();
  expect((await product.app.inject('/readyz')).statusCode).toBe(200);
  aws.fail('GetItem', 'ResourceNotFoundException');
  expect((await product.app.inject('/readyz')).statusCode).toBe(503);
});

test('the environment names table and queue', () => {
  const given = { TABLE_NAME: 'products', QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/ratings' };
  expect(readEnvironment('product', given, readProductSettings)).toEqual({
    tableName: 'products',
    queueUrl: given.QUEUE_URL,
  });
  expect(() => readEnvironment('product', {}, readProductSettings)).toThrow(
    /TABLE_NAME is missing.*QUEUE_URL is missing/,
  );
});
