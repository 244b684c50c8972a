import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Folder } from '../../lambda/serverless-api/keys';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { FORGET_OLD_VERSIONS, PRIVATE_BUCKET } from '../building-blocks/private-bucket';
import { silenceProviders } from '../building-blocks/silent-providers';
import type { Profile } from '../profile';

/** Properties of FileBucket. */
export interface FileBucketProps {
  /** The site's origin, like `https://www.example.com`: the only one whose pages may upload. */
  readonly siteUrl: string;

  readonly accessLogs: AccessLogBucket;
  readonly profile: Profile;
}

/** Where the files are: what was uploaded just now, what was accepted, and what was not. */
export class FileBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: FileBucketProps) {
    super(scope, id);
    const { removalPolicy } = props.profile;
    const { GLACIER_INSTANT_RETRIEVAL, INFREQUENT_ACCESS } = s3.StorageClass;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      serverAccessLogsBucket: props.accessLogs.bucket,
      serverAccessLogsPrefix: 'files/',
      cors: [
        {
          allowedOrigins: [props.siteUrl],
          allowedMethods: [s3.HttpMethods.PUT],
          allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          maxAge: 3600,
        },
      ],
      lifecycleRules: [
        { ...inFolder('incoming'), expiration: Duration.days(1) },
        {
          ...inFolder('documents'),
          // Not before 30 days, and each class bills a least stay of its own (30 and 90 days).
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
          transitions: [
            { storageClass: INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
            { storageClass: GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) },
          ],
        },
        { ...inFolder('quarantine'), expiration: Duration.days(30) },
        FORGET_OLD_VERSIONS,
      ],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
    silenceProviders(this);
  }

  /**
   * Tells a queue of each object that arrives.
   *
   * Not by `addEventNotification()`: that is a function of aws-cdk-lib's that may change the notifications of all buckets,
   * and only needed for a bucket that is not the stack's own. Since the bucket must come after the queue's policy, the policy
   * can't name the bucket: it names the account, and the function looks at no other bucket's objects.
   */
  notify(queue: sqs.Queue): void {
    const { policyDependable } = queue.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'NotificationsOfThisAccount',
        principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    // S3 sends a test message when the notification is set, and refuses the notification when it can't.
    if (policyDependable) this.bucket.node.addDependency(policyDependable);
    const resource = this.bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = {
      queueConfigurations: [
        {
          event: s3.EventType.OBJECT_CREATED,
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'incoming/' satisfies `${Folder}/` }] } },
        },
      ],
    };
  }
}

function inFolder(folder: Folder): s3.LifecycleRule {
  return { prefix: `${folder}/` };
}
