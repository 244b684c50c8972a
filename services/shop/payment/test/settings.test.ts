import { expect, test } from 'vitest';
import { readEnvironment } from '../../shared/environment';
import { readSettings } from '../settings';
import { KEY } from './support/fake-kms';

const GOOD = { TABLE_NAME: 'payments', KEY_ID: KEY, CUSTOMER_URL: 'http://customer:8080' };

const read = (environment: NodeJS.ProcessEnv) => readEnvironment('payment', environment, readSettings);

test('the environment says where everything is', () => {
  expect(read(GOOD)).toEqual({ tableName: 'payments', keyId: KEY, customerUrl: 'http://customer:8080' });
});

test.each([
  ['TABLE_NAME', ''],
  ['KEY_ID', '11111111-2222-3333-4444-555555555555'],
  ['CUSTOMER_URL', 'customer'],
])('%s=%j is refused', (name, value) => {
  expect(() => read({ ...GOOD, [name]: value })).toThrow(name);
});
