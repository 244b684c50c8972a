import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue, SAFE_QUEUE } from '../building-blocks/dead-letter-queue';

/** The services that publish events. */
export type ShopPublisher = 'order' | 'review';

/** The services that take events from a queue. */
export type ShopConsumer = 'product' | 'cart' | 'review';

/** Which events reach which service. */
const SUBSCRIPTIONS: Readonly<
  Record<ShopConsumer, { readonly publisher: ShopPublisher; readonly type?: string }>
> = {
  product: { publisher: 'review' },
  cart: { publisher: 'order', type: 'order.confirmed' },
  review: { publisher: 'order', type: 'order.confirmed' },
};

/**
 * How long a service has for the events that it took at once. After that another copy of it gets them; what nobody could
 * handle in five attempts is in the dead-letter queue five minutes later.
 */
const VISIBILITY_TIMEOUT = Duration.minutes(1);
const ATTEMPTS = 5;

/** What the shop's services tell each other without waiting for an answer: SNS to SQS, at least once. */
export class ShopEvents extends Construct {
  /** Where services publish. */
  readonly topics: Readonly<Record<ShopPublisher, sns.ITopic>>;

  /** Where services take events from. */
  readonly queues: Readonly<Record<ShopConsumer, sqs.IQueue>>;

  /** What a service could not handle in five attempts, or what SNS could not deliver. */
  readonly deadLetterQueues: Readonly<Record<ShopConsumer, sqs.IQueue>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const key = kms.Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns');
    const topicOf = (name: string) => new sns.Topic(this, name, { enforceSSL: true, masterKey: key });
    this.topics = { order: topicOf('OrderTopic'), review: topicOf('ReviewTopic') };
    const product = this.subscribe('product', 'Product');
    const cart = this.subscribe('cart', 'Cart');
    const review = this.subscribe('review', 'Review');
    this.queues = { product: product.queue, cart: cart.queue, review: review.queue };
    this.deadLetterQueues = {
      product: product.deadLetterQueue,
      cart: cart.deadLetterQueue,
      review: review.deadLetterQueue,
    };
  }

  private subscribe(consumer: ShopConsumer, id: string) {
    const { publisher, type } = SUBSCRIPTIONS[consumer];
    const deadLetterQueue = new DeadLetterQueue(this, `${id}DeadLetters`);
    const queue = new sqs.Queue(this, `${id}Queue`, {
      ...SAFE_QUEUE,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: ATTEMPTS },
    });
    this.topics[publisher].addSubscription(
      new SqsSubscription(queue, {
        rawMessageDelivery: true,
        deadLetterQueue,
        ...(type && { filterPolicy: { type: sns.SubscriptionFilter.stringFilter({ allowlist: [type] }) } }),
      }),
    );
    return { queue, deadLetterQueue };
  }
}
