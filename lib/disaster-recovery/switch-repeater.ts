import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { scheduleRole } from '../building-blocks/schedule-role';

/** Properties of SwitchRepeater. */
export interface SwitchRepeaterProps {
  /** The function that owns the switch. Whenever it is called, it sends the metric of what the parameter says. */
  readonly switchFunction: lambda.IFunction;
}

/**
 * Says every minute, as a metric, which region serves.
 *
 * Route 53 reads the data behind an alarm, not the alarm's state: that the alarm ignores missing data means nothing to it.
 * Its own answer to missing data, the last known status, is for gaps; AWS advises against it where data is missing for
 * longer than a few hours. A failover can last for weeks.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
 */
export class SwitchRepeater extends Construct {
  constructor(scope: Construct, id: string, { switchFunction }: SwitchRepeaterProps) {
    super(scope, id);
    new scheduler.Schedule(this, 'EveryMinute', {
      description: 'Says which region serves',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
      target: new targets.LambdaInvoke(switchFunction, {
        input: scheduler.ScheduleTargetInput.fromObject({}),
        role: scheduleRole(this, 'Role', {
          description: 'Says which region serves',
          function: switchFunction,
        }),
        // What is late is worth nothing: the next minute says it again.
        maxEventAge: Duration.minutes(1),
        retryAttempts: 0,
      }),
    });
  }
}
