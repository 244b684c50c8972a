import assert from 'node:assert/strict';
import {
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { v7 as uuid } from 'uuid';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { keyOf } from './recovery-data';
import { idIn, twoRegions } from './two-regions';

/** Most objects need less than this, in seconds; in the emulator they need none. */
const PATIENCE = 600;

const bucketOf = (region: DeployedStack) => idIn(region, 'AWS::S3::Bucket', /-files-\d{12}-/);

/** Shows that each bucket replicates everything to the other one, under that one's key, and that S3 has both rules. */
export async function replicationRules(stack: DeployedStack): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  for (const [from, to] of [[primary, standby] as const, [standby, primary] as const]) {
    const Bucket = await bucketOf(from);
    const { Status } = await from.aws.s3.send(new GetBucketVersioningCommand({ Bucket }));
    assert.equal(Status, 'Enabled', Bucket);
    const { ReplicationConfiguration } = await from.aws.s3.send(new GetBucketReplicationCommand({ Bucket }));
    const [rule, ...others] = ReplicationConfiguration?.Rules ?? [];
    assert.deepEqual(others, []);
    assert.match(ReplicationConfiguration?.Role ?? '', /:role\//);
    const { DeleteMarkerReplication, Destination, ID, SourceSelectionCriteria, Status: status } = rule ?? {};
    assert.deepEqual(
      {
        ID,
        status,
        bucket: Destination?.Bucket,
        deletions: DeleteMarkerReplication?.Status,
        encrypted: SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status,
        changes: SourceSelectionCriteria?.ReplicaModifications?.Status,
        metrics: Destination?.Metrics?.Status,
      },
      {
        ID: 'everything',
        status: 'Enabled',
        bucket: `arn:aws:s3:::${await bucketOf(to)}`,
        deletions: 'Enabled',
        encrypted: 'Enabled',
        changes: 'Enabled',
        metrics: 'Enabled',
      },
      Bucket,
    );
    const key = Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? '';
    assert.ok(key.endsWith(`:${names.keyAlias}`) && key.includes(`:${to.aws.region}:`), key);
  }
}

/** Shows that what is written in one region appears in the other, under that one's key, and that deletions follow. */
export async function filesFollow(stack: DeployedStack): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  for (const [from, to] of [[primary, standby] as const, [standby, primary] as const]) {
    const [source, copy] = [await bucketOf(from), await bucketOf(to)];
    const Key = `exercise/${uuid()}`;
    await from.aws.s3.send(new PutObjectCommand({ Bucket: source, Key, Body: `of ${from.aws.region}` }));
    const found = await until(`${Key} in ${copy}`, () => objectIn(to, copy, Key), PATIENCE);
    assert.equal(await found.Body?.transformToString(), `of ${from.aws.region}`);
    assert.deepEqual(
      [found.ServerSideEncryption, await keyOf(to, names, found.SSEKMSKeyId), found.ReplicationStatus],
      ['aws:kms', await keyOf(to, names), 'REPLICA'],
    );
    await from.aws.s3.send(new DeleteObjectCommand({ Bucket: source, Key }));
    const { DeleteMarkers, Versions } = await until(
      `the end of ${Key} in ${copy}`,
      async () => {
        const versions = await to.aws.s3.send(new ListObjectVersionsCommand({ Bucket: copy, Prefix: Key }));
        return versions.DeleteMarkers?.length ? versions : undefined;
      },
      PATIENCE,
    );
    // What was deleted can be brought back from its older version, in both regions.
    assert.deepEqual([DeleteMarkers?.length, Versions?.length], [1, 1]);
    assert.equal(await objectIn(to, copy, Key), undefined);
  }
}

async function objectIn(
  { aws }: DeployedStack,
  Bucket: string,
  Key: string,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
