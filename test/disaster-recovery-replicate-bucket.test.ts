import { afterEach, expect, test, vi } from 'vitest';
import type { CustomResourceEvent } from '../lambda/shared/custom-resource';
import { type LocalService, type ServiceAnswer, startService, stubFunction } from './support/local-service';

const BUCKET = 'intranet-files-123456789012-ap-northeast-3';
const RULES = {
  Role: 'arn:aws:iam::123456789012:role/replication',
  Rules: [
    {
      ID: 'everything',
      Priority: 1,
      Status: 'Enabled',
      Filter: { Prefix: '' },
      Destination: { Bucket: 'arn:aws:s3:::other' },
    },
  ],
};

const services: LocalService[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function call(request: Partial<CustomResourceEvent>, s3: ServiceAnswer = {}) {
  const bucket = await startService(() => s3);
  const cloudFormation = await startService(() => ({}));
  services.push(bucket, cloudFormation);
  stubFunction(bucket.url, { AWS_REGION: 'ap-northeast-3' });
  const { handler } = await import('../lambda/disaster-recovery/replicate-bucket.js');
  await handler({
    RequestType: 'Create',
    ResponseURL: `${cloudFormation.url}answer`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Rule',
    ResourceProperties: { Bucket: BUCKET, Configuration: JSON.stringify(RULES) },
    ...request,
  });
  const told = cloudFormation.requests.map(({ body }) => JSON.parse(body));
  expect(told).toHaveLength(1);
  return { requests: bucket.requests, told: told[0] };
}

const refusal = (status: number, code: string): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${code}</Code><Message>It says ${code}.</Message></Error>`,
});

test.each(['Create', 'Update'] as const)('%s gives the bucket its rule', async (RequestType) => {
  const { requests, told } = await call({ RequestType });
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`PUT /${BUCKET}/?replication=`]);
  const [{ body } = { body: '' }] = requests;
  expect(body).toContain('<Role>arn:aws:iam::123456789012:role/replication</Role>');
  expect(body).toContain('<ID>everything</ID><Priority>1</Priority>');
  expect(body).toContain('<Bucket>arn:aws:s3:::other</Bucket>');
  expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: BUCKET });
});

test('a rule that S3 refuses fails the deployment, with what S3 says', async () => {
  const { told } = await call({}, refusal(400, 'InvalidRequest'));
  expect(told).toMatchObject({ Status: 'FAILED', Reason: 'It says InvalidRequest.' });
});

test('Delete takes the rule from the bucket that has it', async () => {
  const { requests, told } = await call({ RequestType: 'Delete', PhysicalResourceId: 'old-bucket' });
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /old-bucket/?replication=',
  ]);
  expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'old-bucket' });
});

test('a bucket that is gone has no rule to be taken away', async () => {
  const { told } = await call(
    { RequestType: 'Delete', PhysicalResourceId: BUCKET },
    refusal(404, 'NoSuchBucket'),
  );
  expect(told).toMatchObject({ Status: 'SUCCESS' });
});

test('a rule that can not be taken away fails the deletion', async () => {
  const { told } = await call(
    { RequestType: 'Delete', PhysicalResourceId: BUCKET },
    refusal(403, 'AccessDenied'),
  );
  expect(told).toMatchObject({ Status: 'FAILED', Reason: 'It says AccessDenied.' });
});
