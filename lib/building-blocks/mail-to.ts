import { Validations } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';

/**
 * Subscribes an e-mail address to a topic; its owner must confirm the subscription that SNS mails.
 *
 * @param whyNoQueue why nothing keeps what no e-mail server takes, in a sentence
 */
export function mailTo(address: string, topic: sns.ITopic, whyNoQueue: string): void {
  const subscription = topic.addSubscription(new subscriptions.EmailSubscription(address));
  Validations.of(subscription).acknowledge({
    id: 'Serverless::Serverless-SNSRedrivePolicy',
    reason: whyNoQueue,
  });
}
