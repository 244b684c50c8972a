import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { DeployedStack } from '../../support/stacks';
import { siteOf } from './distribution';

const TYPES: Record<string, RegExp> = {
  css: /^text\/css/,
  js: /^(text|application)\/javascript/,
  svg: /^image\/svg\+xml/,
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: unknown;
  readonly Condition?: Record<string, Record<string, string>>;
}

/** The bucket from which the distribution takes the files. */
async function bucketOf(stack: DeployedStack): Promise<string> {
  const { files } = await siteOf(stack);
  const buckets = await stack.idsOf('AWS::S3::Bucket');
  const bucket = buckets.find((name) => files.DomainName?.startsWith(`${name}.s3.`));
  if (!bucket) throw new Error(`${files.DomainName} is none of ${buckets}`);
  return bucket;
}

/** Shows that a bucket has the files of a folder, under their paths, and how long a browser may keep them. */
export async function uploadedFiles(stack: DeployedStack, folder: string): Promise<void> {
  const { s3 } = stack.aws;
  const Bucket = await bucketOf(stack);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name).slice(folder.length + 1));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  assert.deepEqual(Contents.map(({ Key }) => Key).sort(), files.toSorted());
  for (const Key of files) {
    const { Body, CacheControl, ContentType, VersionId } = await s3.send(
      new GetObjectCommand({ Bucket, Key }),
    );
    assert.equal(await Body?.transformToString(), readFileSync(join(folder, Key), 'utf8'), Key);
    assert.equal(CacheControl, 'public, max-age=3600', Key);
    assert.match(ContentType ?? '', TYPES[Key.split('.').at(-1) ?? ''] ?? /^$/, Key);
    assert.ok(VersionId, `${Key} has no version`);
  }
}

/** Shows that the bucket of the files is versioned, not public, and read by the site's distribution only. */
export async function fileAccess(stack: DeployedStack): Promise<void> {
  const { s3 } = stack.aws;
  const Bucket = await bucketOf(stack);
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  assert.equal(Status, 'Enabled');
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  assert.deepEqual(PublicAccessBlockConfiguration, {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  const { Policy = '{}' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const statements: Statement[] = JSON.parse(Policy).Statement;
  const readers = statements.filter(
    ({ Action, Effect }) => Effect === 'Allow' && /^s3:(\*|Get\*|GetObject)/.test([Action].flat().join()),
  );
  assert.deepEqual(
    readers.map(({ Condition, Principal }) => ({ Condition, Principal })),
    [
      {
        Condition: { StringEquals: { 'AWS:SourceArn': (await siteOf(stack)).arn } },
        Principal: { Service: 'cloudfront.amazonaws.com' },
      },
    ],
  );
  const refused = statements.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Condition);
  assert.deepEqual(refused, [{ Bool: { 'aws:SecureTransport': 'false' } }]);
}
