import { expect, test } from 'vitest';
import { requestIdOf } from '../request-id';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

test.each([
  [{ 'x-request-id': 'checkout-1' }, 'checkout-1'],
  [
    { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678', 'x-request-id': 'other' },
    'Root=1-67891233-abcdef012345678912345678',
  ],
])('the id of %j is taken', (headers, id) => {
  expect(requestIdOf({ headers })).toBe(id);
});

test.each([
  [{}],
  [{ 'x-request-id': '' }],
  [{ 'x-request-id': 'a b' }],
  [{ 'x-request-id': 'a'.repeat(201) }],
  [{ 'x-request-id': '4242424242424242' }],
  [{ 'x-request-id': 'card-4242-4242-4242-4242' }],
])('%j has none that may be logged, and gets a new one', (headers) => {
  expect(requestIdOf({ headers })).toMatch(UUID);
});
