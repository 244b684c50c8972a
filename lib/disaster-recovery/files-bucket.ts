import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { FORGET_OLD_VERSIONS, PRIVATE_BUCKET } from '../building-blocks/private-bucket';
import { silenceProviders } from '../building-blocks/silent-providers';
import type { Profile } from '../profile';
import { ReplicationRole } from './replication-role';
import { REPLICATION_RULE, replicationTo } from './replication-rule';
import type { SystemNames } from './system-names';

/** Properties of FilesBucket. */
export interface FilesBucketProps {
  readonly names: SystemNames;

  /** The bucket's region. */
  readonly region: string;

  readonly key: kms.IKey;
  readonly profile: Profile;

  /** Whether it replicates from the start to the other region's bucket, which must then be there. */
  readonly replicates: boolean;
}

/** The files of the application in one region: versioned, as replication needs it, and encrypted with the region's key. */
export class FilesBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.IBucket;

  constructor(scope: Construct, id: string, props: FilesBucketProps) {
    super(scope, id);
    const { key, names, profile, region } = props;
    const { removalPolicy } = profile;
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', { profile, forBuckets: true });
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      bucketName: names.bucket(region),
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: accessLogs.bucket,
      lifecycleRules: [FORGET_OLD_VERSIONS],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
    silenceProviders(this);
    this.bucket = bucket;
    if (props.replicates) {
      const { role } = new ReplicationRole(this, 'ReplicationRole', { names, from: region, key });
      const resource = bucket.node.defaultChild as s3.CfnBucket;
      resource.addPropertyOverride('ReplicationConfiguration', {
        Role: role.roleArn,
        Rules: [{ Id: REPLICATION_RULE, ...replicationTo(names, names.otherThan(region)) }],
      });
      // S3 tries the role when it takes the rule.
      bucket.node.addDependency(role);
    }
  }
}
