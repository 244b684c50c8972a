import { expect, test } from 'vitest';
import { readCommonSettings } from '../common-settings';
import { KEY_ARN, QUEUE_URL, type Read, readEnvironment, SECRET_ID, TABLE, TOPIC_ARN } from '../environment';

const readCommon = (environment: NodeJS.ProcessEnv) =>
  readEnvironment('cups', environment, (read) => readCommonSettings('cups', environment, read));
const readOne = <S>(value: string | undefined, one: (read: Read) => S) =>
  readEnvironment('cups', { ONE: value }, one);

test('little has to be said', () => {
  expect(readCommon({ AWS_REGION: 'ap-northeast-1' })).toEqual({
    service: 'cups',
    host: '0.0.0.0',
    port: 8_080,
    internalPort: 8_081,
    region: 'ap-northeast-1',
    version: 'development',
    tracing: false,
    drain: 0,
    stopTimeout: 25_000,
  });
});

test('all of it can be said', () => {
  expect(
    readCommon({
      AWS_REGION: 'us-gov-west-1',
      HOST: '::1',
      PORT: '0',
      INTERNAL_PORT: '0',
      VERSION: 'v1.2',
      DRAIN_SECONDS: '5',
      STOP_TIMEOUT_SECONDS: '30',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    }),
  ).toEqual({
    service: 'cups',
    host: '::1',
    port: 0,
    internalPort: 0,
    region: 'us-gov-west-1',
    version: 'v1.2',
    tracing: true,
    drain: 5_000,
    stopTimeout: 30_000,
  });
});

test('one error names everything that is missing or wrong', () => {
  expect(() =>
    readCommon({
      HOST: 'a b',
      PORT: '65536',
      INTERNAL_PORT: 'x',
      VERSION: 'a b',
      DRAIN_SECONDS: '61',
      STOP_TIMEOUT_SECONDS: '0',
    }),
  ).toThrow(
    "cups can't start: DRAIN_SECONDS=61 is not a whole number, 0 to 60; STOP_TIMEOUT_SECONDS=0 is not a whole number, " +
      '1 to 115; DRAIN_SECONDS has to be less than STOP_TIMEOUT_SECONDS; PORT=65536 is not a whole number, 0 to 65535; ' +
      'INTERNAL_PORT="x" is not a whole number, 0 to 65535; HOST="a b" is not an address to listen at, such as 0.0.0.0; ' +
      'AWS_REGION is missing; give a region, such as ap-northeast-1; ' +
      'VERSION="a b" is not a version of 1 to 128 letters, digits, . _ + : or -.',
  );
});

test('the two ports differ', () => {
  expect(() => readCommon({ AWS_REGION: 'eu-west-1', PORT: '8081' })).toThrow(
    'PORT and INTERNAL_PORT have to differ',
  );
});

test('a whole number has bounds, and may have to be said', () => {
  const read = (value?: string) => readOne(value, (one) => one.wholeNumber('ONE', { least: 5, most: 9 }));
  expect([read('5'), read('9')]).toEqual([5, 9]);
  for (const wrong of ['4', '10', '-5', '5.5', '0x5', '5 ']) {
    expect(() => read(wrong)).toThrow('is not a whole number, 5 to 9');
  }
  expect(() => read()).toThrow('ONE is missing; give a whole number, 5 to 9.');
  expect(() => read('')).toThrow('ONE is missing');
});

test.each(['http://product:8080', 'https://shop.example.com', 'http://127.0.0.1:1', 'http://[::1]:8080'])(
  '%s is an address of a service',
  (url) => {
    expect(readOne(url, (read) => read.url('ONE'))).toBe(url);
  },
);

test.each([
  'product:8080',
  'http://product/',
  'http://product/path',
  'ftp://product',
  'http://u:p@product',
  'http://',
])('%s is no address of a service', (url) => {
  expect(() => readOne(url, (read) => read.url('ONE'))).toThrow(
    `ONE=${JSON.stringify(url)} is not an address`,
  );
});

test('a secret stays out of the error', () => {
  const rule = { pattern: /^\d+$/, wanted: 'digits', secret: true };
  expect(() => readOne('hush', (read) => read.text('ONE', rule))).toThrow(
    "cups can't start: ONE is not digits.",
  );
});

test.each([
  [TABLE, 'orders', 'a table'],
  [TABLE, 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders', ''],
  [QUEUE_URL, 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders', 'orders'],
  [QUEUE_URL, 'http://127.0.0.1:4566/000000000000/orders', 'http://127.0.0.1:4566'],
  [TOPIC_ARN, 'arn:aws:sns:eu-west-1:123456789012:orders', 'arn:aws:sqs:eu-west-1:123456789012:orders'],
  [KEY_ARN, 'arn:aws-cn:kms:cn-north-1:123456789012:key/1234-ab', '1234-ab'],
  [SECRET_ID, 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/key-AbCdEf', 'a secret'],
])('%o takes %s and not %j', ({ pattern }, right, wrong) => {
  expect([pattern.test(right), pattern.test(wrong)]).toEqual([true, false]);
});
