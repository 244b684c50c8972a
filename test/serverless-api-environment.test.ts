import { describe, expect, test } from 'vitest';
import { type ApiFunction, startApi } from './support/api-function';

const withApi = async <T>(environment: Record<string, string>, use: (api: ApiFunction) => Promise<T>) => {
  const api = await startApi(environment);
  try {
    return await use(api);
  } finally {
    await api.close();
  }
};

test('where nobody signs in, the documents are everyone’s', async () => {
  const read = await withApi({ AUTHENTICATION: 'none' }, async (api) => {
    const { path } = await api.create('Open', 'alice');
    return api.call({ method: 'GET', path, as: 'bob' });
  });
  expect(read).toMatchObject({ status: 200, body: { title: 'Open' } });
});

test('the first request of a function counts as a cold start', async () => {
  const metrics = await withApi({ AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' }, async (api) => {
    await api.create();
    await api.create();
    return api.log.filter((line) => line.includes('"ColdStart"')).map((line) => JSON.parse(line));
  });
  expect(metrics).toEqual([
    expect.objectContaining({ ColdStart: 1, service: 'documents', stage: 'dev', function_name: 'api' }),
  ]);
});

describe('a wrong environment stops the function at its start', () => {
  test.each<Record<string, string>>([
    { AUTHENTICATION: 'yes' },
    { MAX_FILE_SIZE: '5 MB' },
    { MAX_FILE_SIZE: '0' },
    { TABLE_NAME: '' },
    { BUCKET_NAME: '' },
    { ALLOWED_FILE_TYPES: '' },
    { STAGE: '' },
    { CLIENT_ID: '' },
  ])('%o', async (environment) => {
    await expect(startApi(environment)).rejects.toThrow(Object.keys(environment)[0]);
  });
});
