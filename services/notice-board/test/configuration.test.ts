import { expect, test } from 'vitest';
import { readConfiguration } from '../configuration';

const LEAST = { AWS_REGION: 'ap-northeast-1', TABLE_NAME: 'notices' };

test('region and table are enough', () => {
  expect(readConfiguration(LEAST)).toEqual({
    host: '0.0.0.0',
    port: 8_080,
    region: 'ap-northeast-1',
    tableName: 'notices',
    postToken: undefined,
    version: 'development',
    tracing: false,
    drain: 0,
    stopTimeout: 25_000,
  });
});

test('all that can be said is taken', () => {
  const configuration = readConfiguration({
    ...LEAST,
    HOST: '::1',
    PORT: '0',
    POST_TOKEN: '0123456789abcdef',
    VERSION: 'v-3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY_',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    DRAIN_SECONDS: '5',
    STOP_TIMEOUT_SECONDS: '60',
  });
  expect(configuration).toMatchObject({
    host: '::1',
    port: 0,
    postToken: '0123456789abcdef',
    version: 'v-3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY_',
    tracing: true,
    drain: 5_000,
    stopTimeout: 60_000,
  });
});

test('an empty variable is none', () => {
  const configuration = readConfiguration({ ...LEAST, PORT: '', POST_TOKEN: '', VERSION: '' });
  expect(configuration).toMatchObject({ port: 8_080, postToken: undefined, version: 'development' });
});

test.each([
  { PORT: '65536' },
  { PORT: '-1' },
  { PORT: '8080 ' },
  { HOST: 'a b' },
  { AWS_REGION: '' },
  { AWS_REGION: 'Tokyo' },
  { TABLE_NAME: '' },
  { TABLE_NAME: 'a table' },
  { VERSION: '<b>' },
  { STOP_TIMEOUT_SECONDS: '0' },
  { STOP_TIMEOUT_SECONDS: '116' },
  { DRAIN_SECONDS: '25' },
  { DRAIN_SECONDS: '61', STOP_TIMEOUT_SECONDS: '100' },
])('%j is refused by name', (wrong) => {
  const [name = ''] = Object.keys(wrong);
  expect(() => readConfiguration({ ...LEAST, ...wrong })).toThrow(`notice-board can't start: ${name}`);
});

test('everything that is wrong is told at once, and a token never', () => {
  const wrong = { PORT: 'x', POST_TOKEN: 'too-short' };
  expect(() => readConfiguration(wrong)).toThrow(/PORT.*AWS_REGION.*TABLE_NAME.*POST_TOKEN/);
  expect(() => readConfiguration(wrong)).not.toThrow('too-short');
});
