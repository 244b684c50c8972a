import { Duration, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What all queues have: encrypted, and for TLS only. */
export const SAFE_QUEUE = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true };

/** A queue for what nobody could handle, kept for 14 days, the longest that SQS keeps anything. Put an alarm on it. */
export class DeadLetterQueue extends sqs.Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, { ...SAFE_QUEUE, retentionPeriod: Duration.days(14) });
    Validations.of(this).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason: 'It is where messages end: an alarm tells, and people decide.',
    });
  }
}
