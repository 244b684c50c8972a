import {
  DeleteBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  S3Client,
} from '@aws-sdk/client-s3';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';

const client = new S3Client(CLIENT_OPTIONS);

/**
 * Gives a bucket its replication rule, and takes it away again: the rule of a bucket that is there before the one that it
 * replicates to. The rule comes as JSON, since CloudFormation makes a text of each number in a custom resource.
 */
export async function handler(event: CustomResourceEvent): Promise<CustomResourceAnswer> {
  const { Bucket = '', Configuration = '{}' } = event.ResourceProperties;
  return answerWith(event, Bucket, async (): Promise<undefined> => {
    if (event.RequestType === 'Delete') await takeAway(event.PhysicalResourceId ?? Bucket);
    else await give(Bucket, JSON.parse(Configuration));
  });
}

async function give(Bucket: string, ReplicationConfiguration: ReplicationConfiguration): Promise<void> {
  await client.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
}

/** A bucket that is gone has no rule. */
async function takeAway(bucket: string): Promise<void> {
  try {
    await client.send(new DeleteBucketReplicationCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchBucket') throw error;
  }
}
