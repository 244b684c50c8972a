import { relative, sep } from 'node:path';
import { CustomResource, Duration, IgnoreMode, Validations } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction } from '../building-blocks/node-function';
import { FORGET_OLD_VERSIONS } from '../building-blocks/private-bucket';
import { projectFolder } from '../building-blocks/project-folder';
import type { Profile } from '../profile';
import type { Fetch } from './fetch';
import { PipelineBucket } from './pipeline-bucket';

/** Properties of SourceBucket. */
export interface SourceBucketProps {
  /** The folder with which the bucket begins. */
  readonly application: string;

  readonly accessLogs: AccessLogBucket;

  /**
   * The key that encrypts it.
   *
   * @default - a key of S3
   */
  readonly key?: kms.IKey;

  readonly profile: Profile;
}

/** What people push. */
const KEY = 'source.zip';

/** What tools put into the folder, and what no commit holds. */
const NO_SOURCE = ['.git/', 'build/', 'coverage/', 'dist/', 'node_modules/', 'reports/'];

/**
 * Where the source is pushed to: a zip, each push a version of it. The application of the project is there from the first
 * deployment on, and is never put there again: a later deployment undoes no push.
 */
export class SourceBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.IBucket;

  /** The command that pushes the last commit of the application's folder, for a shell in the project's folder. */
  readonly pushCommand: string;

  constructor(scope: Construct, id: string, props: SourceBucketProps) {
    super(scope, id);
    const { accessLogs, application, key, profile } = props;
    const bucket = new PipelineBucket(this, 'Bucket', {
      accessLogs,
      accessLogsPrefix: 'source/',
      key,
      lifecycleRules: [FORGET_OLD_VERSIONS],
      profile,
    });
    // Not `eventBridgeEnabled`: for that aws-cdk-lib adds a function which may change the notifications of all buckets.
    const resource = bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    this.bucket = bucket;
    const folder = relative(projectFolder(), application).split(sep).join('/');
    this.pushCommand = `git -C '${folder}' archive --format=zip HEAD . | aws s3 cp - s3://${bucket.bucketName}/${KEY}`;
    this.seed(props);
  }

  /** Fetches what was pushed. */
  fetch(): Fetch {
    const output = new codepipeline.Artifact('Source');
    const action = new actions.S3SourceAction({
      actionName: 'Source',
      bucket: this.bucket,
      bucketKey: KEY,
      output,
      // Not EVENTS: aws-cdk-lib then waits for an event that only a trail of CloudTrail brings.
      trigger: actions.S3Trigger.NONE,
    });
    return { action, output, version: action.variables.versionId };
  }

  /** Starts a pipeline at each push. The rule is a part of the pipeline, which waits for the bucket and its content. */
  startAtPush(pipeline: codepipeline.IPipeline): void {
    const rule = new events.Rule(pipeline, 'Push', {
      description: 'Starts the pipeline when its source was pushed',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.bucket.bucketName] }, object: { key: [KEY] } },
      },
      targets: [new targets.CodePipeline(pipeline)],
    });
    Validations.of(rule).acknowledge({
      id: 'Serverless::Serverless-EventBusDLQ',
      reason: 'EventBridge tries for a day, and a pipeline that did not start can be started by hand.',
    });
  }

  private seed({ application, key, profile }: SourceBucketProps): void {
    const asset = new assets.Asset(this, 'Application', {
      path: application,
      exclude: NO_SOURCE,
      ignoreMode: IgnoreMode.GIT,
    });
    const provider = new NodeFunction(this, 'SeedFunction', {
      description: 'Puts the application into the source bucket when there is nothing yet',
      code: new HandlerCode('blue-green-service', 'seed-source'),
      memorySize: 256,
      timeout: Duration.minutes(1),
      profile,
    });
    provider.allow(['s3:GetObject'], [asset.bucket.arnForObjects(asset.s3ObjectKey)]);
    // Without the right to list, S3 does not tell a missing object from a forbidden one.
    provider.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    provider.allow(['s3:GetObject', 's3:PutObject'], [this.bucket.arnForObjects(KEY)]);
    if (key) provider.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    const seed = new CustomResource(this, 'Seed', {
      resourceType: 'Custom::SourceSeed',
      serviceToken: provider.function.functionArn,
      properties: {
        Bucket: this.bucket.bucketName,
        Key: KEY,
        SourceBucket: asset.s3BucketName,
        SourceKey: asset.s3ObjectKey,
      },
    });
    seed.node.addDependency(provider);
  }
}
