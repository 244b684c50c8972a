import { afterEach, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import {
  type LocalService,
  type ServiceAnswer,
  type ServiceRequest,
  startService,
  stubFunction,
} from './support/local-service';

const COPY = { headers: { 'content-type': 'application/xml' }, body: '<CopyObjectResult/>' };

const services: LocalService[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function call(
  request: Partial<CustomResourceEvent>,
  { copy = COPY, head = { status: 404 } }: { copy?: ServiceAnswer; head?: ServiceAnswer } = {},
) {
  const s3 = await startService(({ method }) => (method === 'HEAD' ? head : copy));
  const cloudFormation = await startService(() => ({}));
  services.push(s3, cloudFormation);
  stubFunction(s3.url, {});
  const { handler } = await import('../lambda/blue-green-service/seed-source.js');
  await handler({
    RequestType: 'Create',
    ResponseURL: `${cloudFormation.url}answer`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Source',
    ResourceProperties: {
      Bucket: 'source',
      Key: 'notice board.zip',
      SourceBucket: 'assets',
      SourceKey: 'first/notice board+1.zip',
    },
    ...request,
  });
  const [told, ...others] = cloudFormation.requests.map(({ body }) => JSON.parse(body));
  expect(others).toEqual([]);
  return { requests: s3.requests, told };
}

const linesOf = (requests: readonly ServiceRequest[]) =>
  requests.map(({ method, path }) => `${method} ${path}`);

const HEAD = 'HEAD /source/notice%20board.zip';
const PUT = 'PUT /source/notice%20board.zip?x-id=CopyObject';
const SUCCESS = { Status: 'SUCCESS', PhysicalResourceId: 'source/notice board.zip' };

const refusal = (status: number, code: string): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${code}</Code><Message>It says ${code}.</Message></Error>`,
});

test.each(['Create', 'Update'] as const)('%s copies the source where there is none', async (RequestType) => {
  const { requests, told } = await call({ RequestType });
  expect(linesOf(requests)).toEqual([HEAD, PUT]);
  expect(requests[1]?.headers).toMatchObject({
    'x-amz-copy-source': 'assets/first/notice%20board%2B1.zip',
    'if-none-match': '*',
  });
  expect(told).toMatchObject(SUCCESS);
});

test.each(['Create', 'Update'] as const)('%s leaves alone what is there', async (RequestType) => {
  const { requests, told } = await call({ RequestType }, { head: {} });
  expect(linesOf(requests)).toEqual([HEAD]);
  expect(told).toMatchObject(SUCCESS);
});

test('leaves alone what people pushed in the meantime', async () => {
  const { requests, told } = await call({}, { copy: refusal(412, 'PreconditionFailed') });
  expect(linesOf(requests)).toEqual([HEAD, PUT]);
  expect(told).toMatchObject(SUCCESS);
});

test.each([
  ['the source is missing', { copy: refusal(404, 'NoSuchKey') }, 'It says NoSuchKey.'],
  ['nobody may read it', { copy: refusal(403, 'AccessDenied') }, 'It says AccessDenied.'],
  ['nobody may look', { head: { status: 403 } }, expect.any(String)],
])('fails where %s', async (_, answers, Reason) => {
  const { told } = await call({}, answers);
  expect(told).toMatchObject({ Status: 'FAILED', Reason });
});

test('Delete does nothing', async () => {
  const { requests, told } = await call({ RequestType: 'Delete', PhysicalResourceId: 'source/old.zip' });
  expect(requests).toEqual([]);
  expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'source/old.zip' });
});
