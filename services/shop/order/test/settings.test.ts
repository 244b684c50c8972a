import { expect, test } from 'vitest';
import { readEnvironment } from '../../shared/environment';
import { readSettings } from '../settings';

const GOOD = {
  TABLE_NAME: 'orders',
  TOPIC_ARN: 'arn:aws:sns:eu-west-1:000000000000:orders',
  PRODUCT_URL: 'http://product:8081',
  PAYMENT_URL: 'http://payment:8081',
  CUSTOMER_URL: 'http://customer:8080',
};

const read = (environment: NodeJS.ProcessEnv) => readEnvironment('order', environment, readSettings);

test('the environment says where everything is; times have their usual values', () => {
  expect(read(GOOD)).toEqual({
    tableName: 'orders',
    topicArn: GOOD.TOPIC_ARN,
    productUrl: 'http://product:8081',
    paymentUrl: 'http://payment:8081',
    customerUrl: 'http://customer:8080',
    recoveryInterval: 2_000,
    patience: 900_000,
    sagaTimeout: 8_000,
  });
  const times = { RECOVERY_INTERVAL_MS: '50', PAYMENT_PATIENCE_SECONDS: '1', SAGA_TIMEOUT_MS: '100' };
  expect(read({ ...GOOD, ...times })).toMatchObject({
    recoveryInterval: 50,
    patience: 1_000,
    sagaTimeout: 100,
  });
});

test.each([
  ['RECOVERY_INTERVAL_MS', '49'],
  ['RECOVERY_INTERVAL_MS', '60001'],
  ['PAYMENT_PATIENCE_SECONDS', '0'],
  ['PAYMENT_PATIENCE_SECONDS', '86401'],
  ['SAGA_TIMEOUT_MS', '99'],
  ['SAGA_TIMEOUT_MS', '30001'],
  ['TOPIC_ARN', 'orders'],
  ['PRODUCT_URL', 'product:8081'],
  ['PAYMENT_URL', ''],
  ['CUSTOMER_URL', 'http://customer/'],
  ['TABLE_NAME', ''],
])('%s=%j is refused', (name, value) => {
  expect(() => read({ ...GOOD, [name]: value })).toThrow(name);
});
