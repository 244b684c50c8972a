import { Aws } from 'aws-cdk-lib';
import type { SystemNames } from './system-names';

/**
 * The rule by which S3 replicates everything to the bucket of `region`, as CloudFormation and the service write it: also what
 * is deleted, also changes of tags and locks that were made on the other side, with metrics.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-for-metadata-changes.html
 *
 * Deleted versions are not replicated, so that nobody who gets into one region deletes the history in both:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
export function replicationTo(names: SystemNames, region: string) {
  return {
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: {
      SseKmsEncryptedObjects: { Status: 'Enabled' },
      ReplicaModifications: { Status: 'Enabled' },
    },
    Destination: {
      Bucket: `arn:${Aws.PARTITION}:s3:::${names.bucket(region)}`,
      EncryptionConfiguration: {
        ReplicaKmsKeyID: `arn:${Aws.PARTITION}:kms:${region}:${Aws.ACCOUNT_ID}:${names.keyAlias}`,
      },
      Metrics: { Status: 'Enabled' },
    },
  };
}

/** The name of the rule, in both directions. */
export const REPLICATION_RULE = 'everything';
