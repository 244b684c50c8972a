import { Duration, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue, SAFE_QUEUE } from '../building-blocks/dead-letter-queue';
import { type FunctionOptions, optionsOver } from '../building-blocks/function-options';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction } from '../building-blocks/node-function';
import { allowObjects, type Desk, deskEnvironment, rulesEnvironment } from './desk';
import { UPLOAD_FUNCTION } from './function-settings';

/** Properties of UploadFunction. */
export interface UploadFunctionProps {
  readonly desk: Desk;
  readonly options?: FunctionOptions;
}

/**
 * What looks at uploaded files: the bucket tells a queue of each, and the function takes them from there. The queue keeps
 * what the function can't handle now, and hands what it never can to a dead-letter queue.
 */
export class UploadFunction extends Construct {
  /** The function, its role and its log. */
  readonly handler: NodeFunction;

  /** What waits to be looked at. */
  readonly queue: sqs.Queue;

  /** What could not be looked at in five attempts. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, { desk, options }: UploadFunctionProps) {
    super(scope, id);
    const settings = optionsOver(UPLOAD_FUNCTION, options);
    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters');
    // Six times the timeout and five attempts are AWS's advice:
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    this.queue = new sqs.Queue(this, 'Uploads', {
      ...SAFE_QUEUE,
      visibilityTimeout: Duration.seconds(6 * settings.timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 5 },
    });
    desk.files.notify(this.queue);

    this.handler = new NodeFunction(this, 'Handler', {
      ...settings,
      description: 'Looks at uploaded files',
      code: new HandlerCode('serverless-api', 'uploads'),
      profile: desk.profile,
      environment: {
        ...options?.environment,
        ...deskEnvironment(desk, 'uploads'),
        ...rulesEnvironment(desk),
      },
    });
    this.queue.grantConsumeMessages(this.handler.function);
    const source = new lambda.EventSourceMapping(this, 'Source', {
      target: this.handler.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      // What protects the table and the account's other functions from a thousand files at once, without a reservation.
      maxConcurrency: 5,
    });
    Validations.of(source).acknowledge({
      id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason: 'Only streams have such a destination; the queue itself hands on what fails five times.',
    });
    this.handler.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [desk.documents.table.tableArn]);
    // Without the right to list, S3 answers for an object that is gone as for one that is forbidden.
    this.handler.allow(['s3:ListBucket'], [desk.files.bucket.bucketArn]);
    const versions = ['s3:GetObjectVersion', 's3:DeleteObjectVersion'];
    allowObjects(this.handler, desk, ['s3:GetObject', 's3:DeleteObject', ...versions], 'incoming');
    allowObjects(this.handler, desk, ['s3:PutObject', 's3:DeleteObject'], 'documents');
    allowObjects(this.handler, desk, ['s3:PutObject', 's3:DeleteObject'], 'quarantine');
  }
}
