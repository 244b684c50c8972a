import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { PRIVATE_BUCKET } from '../building-blocks/private-bucket';
import type { Profile } from '../profile';

/** Properties of PipelineBucket. */
export interface PipelineBucketProps {
  readonly accessLogs: AccessLogBucket;

  /** The folder of its access logs, like `source/`. */
  readonly accessLogsPrefix: string;

  readonly lifecycleRules: s3.LifecycleRule[];

  /**
   * The key that encrypts it.
   *
   * @default - a key of S3
   */
  readonly key?: kms.IKey;

  readonly profile: Profile;
}

/** What CodePipeline asks of its buckets: https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html */
const BUCKET_ACTIONS = ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'];
const READ_ACTIONS = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetObjectVersion',
  's3:GetObjectVersionTagging',
];
const WRITE_ACTIONS = ['s3:PutObject', 's3:PutObjectTagging'];

/** S3 decrypts what it wrote of an upload in parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const WRITE_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * A private bucket of a pipeline. The actions of aws-cdk-lib ask their bucket for rights, and would get those to all that
 * begins with `s3:Get`, `s3:List` and `s3:DeleteObject`; here they get what CodePipeline's manual names, and delete nothing.
 */
export class PipelineBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: PipelineBucketProps) {
    const { accessLogs, key, lifecycleRules, profile } = props;
    super(scope, id, {
      ...PRIVATE_BUCKET,
      ...(key && { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      lifecycleRules,
      serverAccessLogsBucket: accessLogs.bucket,
      serverAccessLogsPrefix: props.accessLogsPrefix,
      removalPolicy: profile.removalPolicy,
      autoDeleteObjects: profile.removalPolicy === RemovalPolicy.DESTROY,
    });
  }

  override grantRead(identity: iam.IGrantable, pattern = '*'): iam.Grant {
    return this.allow(identity, READ_ACTIONS, ['kms:Decrypt'], pattern);
  }

  override grantWrite(identity: iam.IGrantable, pattern = '*'): iam.Grant {
    return this.allow(identity, WRITE_ACTIONS, WRITE_KEY_ACTIONS, pattern);
  }

  override grantReadWrite(identity: iam.IGrantable, pattern = '*'): iam.Grant {
    return this.allow(identity, [...READ_ACTIONS, ...WRITE_ACTIONS], WRITE_KEY_ACTIONS, pattern);
  }

  override grantPutAcl(identity: iam.IGrantable, pattern = '*'): iam.Grant {
    return this.allow(identity, ['s3:PutObjectAcl'], [], pattern);
  }

  private allow(
    grantee: iam.IGrantable,
    actions: string[],
    keyActions: string[],
    pattern: string,
  ): iam.Grant {
    if (keyActions.length > 0) this.encryptionKey?.grant(grantee, ...keyActions);
    if (pattern === '*') this.acknowledgeAllObjects(grantee.grantPrincipal);
    const onBucket = iam.Grant.addToPrincipal({
      grantee,
      actions: BUCKET_ACTIONS,
      resourceArns: [this.bucketArn],
    });
    return onBucket.combine(
      iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(pattern)] }),
    );
  }

  /** A role that takes no policies got no right either. */
  private acknowledgeAllObjects(principal: iam.IPrincipal): void {
    if (!(principal instanceof iam.Role)) return;
    const bucketId = Stack.of(this).getLogicalId(this.node.defaultChild as s3.CfnBucket);
    Validations.of(principal).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
      reason: 'CodePipeline chooses the names of the artifacts; the bucket holds nothing else.',
    });
  }
}
