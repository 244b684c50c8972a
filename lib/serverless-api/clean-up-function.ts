import { Duration } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue } from '../building-blocks/dead-letter-queue';
import { type FunctionOptions, optionsOver } from '../building-blocks/function-options';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction } from '../building-blocks/node-function';
import { scheduleRole } from '../building-blocks/schedule-role';
import { allowObjects, type Desk, deskEnvironment } from './desk';
import { CLEAN_UP_FUNCTION } from './function-settings';

/** Properties of CleanUpFunction. */
export interface CleanUpFunctionProps {
  readonly desk: Desk;
  readonly schedule: scheduler.ScheduleExpression;
  readonly options?: FunctionOptions;
}

/** What removes expired documents and files without a document, at its hour. */
export class CleanUpFunction extends Construct {
  /** The function, its role and its log. */
  readonly handler: NodeFunction;

  /** The runs that failed, or that could not be started. */
  readonly deadLetterQueue: sqs.Queue;

  /** When it runs. */
  readonly schedule: scheduler.Schedule;

  constructor(scope: Construct, id: string, { desk, options, schedule }: CleanUpFunctionProps) {
    super(scope, id);
    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters');
    this.handler = new NodeFunction(this, 'Handler', {
      ...optionsOver(
        { ...CLEAN_UP_FUNCTION, ...(desk.profile.reserveConcurrency && { reservedConcurrentExecutions: 1 }) },
        options,
      ),
      description: 'Removes expired documents and files without a document',
      code: new HandlerCode('serverless-api', 'clean-up'),
      profile: desk.profile,
      deadLetterQueue: this.deadLetterQueue,
      environment: { ...options?.environment, ...deskEnvironment(desk, 'clean-up') },
    });
    const { expiryIndexArn, table } = desk.documents;
    this.handler.allow(['dynamodb:Query'], [expiryIndexArn]);
    this.handler.allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      [table.tableArn],
    );
    this.handler.allow(['s3:ListBucket'], [desk.files.bucket.bucketArn]);
    // The file of an expired document may be one that was rejected.
    for (const folder of ['documents', 'quarantine'] as const) {
      allowObjects(this.handler, desk, ['s3:DeleteObject'], folder);
    }
    this.schedule = this.createSchedule(schedule);
  }

  private createSchedule(schedule: scheduler.ScheduleExpression): scheduler.Schedule {
    const { function: handler } = this.handler;
    return new scheduler.Schedule(this, 'Schedule', {
      description: 'Removes expired documents and files without a document',
      schedule,
      target: new targets.LambdaInvoke(handler, {
        role: scheduleRole(this, 'ScheduleRole', {
          description: 'Starts the clean-up',
          function: handler,
          deadLetterQueue: this.deadLetterQueue,
        }),
        deadLetterQueue: this.deadLetterQueue,
        retryAttempts: 3,
        maxEventAge: Duration.hours(1),
      }),
    });
  }
}
