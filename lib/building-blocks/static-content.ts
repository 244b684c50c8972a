import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as deployment from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import { PRIVATE_BUCKET } from './private-bucket';
import { silenceProviders } from './silent-providers';

/** Properties of StaticContent. */
export interface StaticContentProps {
  readonly profile: Profile;
}

/** The site's static files: in a bucket that only CloudFront reads, since a file costs less there than on a server. */
export class StaticContent extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  private readonly profile: Profile;

  constructor(scope: Construct, id: string, { profile }: StaticContentProps) {
    super(scope, id);
    this.profile = profile;
    const { removalPolicy } = profile;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
    silenceProviders(this);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: "Only CloudFront reads the bucket, and CloudFront's own logs have every request.",
    });
  }

  /**
   * Uploads files at each deployment that changes them, and makes CloudFront fetch them anew.
   *
   * @param cacheControl what browsers and CloudFront are told; for an hour by default
   */
  upload(
    sources: readonly deployment.ISource[],
    distribution: cloudfront.Distribution,
    paths: readonly string[],
    cacheControl = [deployment.CacheControl.setPublic(), deployment.CacheControl.maxAge(Duration.hours(1))],
  ): void {
    const { logGroup, role } = this.uploader();
    this.allowUpload(role, distribution);
    logGroup.grantWrite(role);
    new deployment.BucketDeployment(this, 'Upload', {
      sources: sources.map((source) => readBy(role, source)),
      destinationBucket: this.bucket,
      distribution,
      distributionPaths: [...paths],
      waitForDistributionInvalidation: false,
      cacheControl,
      memoryLimit: MEMORY,
      // aws-cdk-lib would let it read the account's other assets, too.
      role: role.withoutPolicyUpdates(),
      logGroup,
    }).node.addDependency(role);
    acknowledgeUploader(this);
  }

  private uploader(): Uploader {
    const stack = Stack.of(this);
    const uploader = UPLOADERS.get(stack) ?? this.createUploader();
    UPLOADERS.set(stack, uploader);
    return uploader;
  }

  private createUploader(): Uploader {
    const logGroup = new logs.LogGroup(this, 'UploadLog', {
      retention: this.profile.logRetention,
      removalPolicy: this.profile.removalPolicy,
    });
    const role = new iam.Role(this, 'UploadRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: 'Uploads static content',
    });
    return { logGroup, role };
  }

  private allowUpload(role: iam.Role, distribution: cloudfront.Distribution): void {
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [this.bucket.arnForObjects('*')]);
    allow(['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], [distribution.distributionArn]);
    const bucketId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as s3.CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
      reason: 'It uploads and removes whatever files the folder has; the bucket holds nothing else.',
    });
  }
}

/** As whom files are uploaded, and where that is logged. */
interface Uploader {
  readonly role: iam.Role;
  readonly logGroup: logs.ILogGroup;
}

/**
 * aws-cdk-lib makes one function for all uploads of a stack, with the role and the log of the first: a second one's own role
 * would be nobody's, and its upload refused.
 */
const UPLOADERS = new WeakMap<Stack, Uploader>();

/** The source, of which the role may read just that. */
function readBy(role: iam.Role, source: deployment.ISource): deployment.ISource {
  return {
    bind: (scope, context) => {
      const config = source.bind(scope, context);
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [config.bucket.arnForObjects(config.zipObjectKey)],
        }),
      );
      return config;
    },
  };
}

/** MiB of the function that uploads; aws-cdk-lib makes one function for each size. */
const MEMORY = 512;

/** The function is one for all uploads of a stack, and aws-cdk-lib hands it out nowhere. */
function acknowledgeUploader(scope: Construct): void {
  const uploader = Stack.of(scope).node.children.find(({ node }) =>
    node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (!uploader) throw new Error(`${scope.node.path}: aws-s3-deployment made no function`);
  Validations.of(uploader).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-L1', reason: "aws-cdk-lib chooses its function's runtime." },
    {
      id: 'Serverless::Serverless-LambdaLatestVersion',
      reason: "aws-cdk-lib chooses its function's runtime.",
    },
    {
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: 'CloudFormation waits for the answer and reports the failure itself; no event can get lost.',
    },
    {
      id: 'Serverless::Serverless-LambdaTracing',
      reason: 'It runs at deployments only, and its errors are in the stack events.',
    },
  );
}
