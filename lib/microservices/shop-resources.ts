import { Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import { PaymentKey } from './payment-key';
import { type ShopConsumer, ShopEvents, type ShopPublisher } from './shop-events';
import type { ShopServiceName } from './shop-services';
import { ShopTable } from './shop-tables';

/** Properties of ShopResources. */
export interface ShopResourcesProps {
  /** @default PRODUCTION */
  readonly profile?: Profile;
}

/**
 * What the shop's services keep and say: a table for each, topics and queues between them, the key of the payment data and
 * the secret behind the signatures of access tokens. It needs no cluster: whoever runs the services, gives each of them
 * `environmentOf` and `grantTo`.
 */
export class ShopResources extends Construct {
  /** Each service's own table. */
  readonly tables: Readonly<Record<ShopServiceName, dynamodb.ITableV2>>;

  /** Topics, queues and what leads from one to the other. */
  readonly events: ShopEvents;

  /** Where services publish their events. */
  readonly topics: Readonly<Record<ShopPublisher, sns.ITopic>>;

  /** Where services take events from. */
  readonly queues: Readonly<Record<ShopConsumer, sqs.IQueue>>;

  /** The events that a service could not handle, or that never reached its queue. */
  readonly deadLetterQueues: Readonly<Record<ShopConsumer, sqs.IQueue>>;

  /** The key of the payment data, which nobody but the payment service may use. */
  readonly paymentKey: kms.IKey;

  /** Random text, from which the customer service derives the key that signs access tokens. */
  readonly signingSecret: secretsmanager.ISecret;

  private readonly ownTables: Readonly<Record<ShopServiceName, ShopTable>>;
  private readonly ownPaymentKey: PaymentKey;

  constructor(scope: Construct, id: string, { profile = PRODUCTION }: ShopResourcesProps = {}) {
    super(scope, id);
    const tableOf = (service: ShopServiceName, name: string) =>
      new ShopTable(this, name, { service, profile });
    this.ownTables = {
      product: tableOf('product', 'ProductTable'),
      cart: tableOf('cart', 'CartTable'),
      order: tableOf('order', 'OrderTable'),
      payment: tableOf('payment', 'PaymentTable'),
      customer: tableOf('customer', 'CustomerTable'),
      review: tableOf('review', 'ReviewTable'),
    };
    const { cart, customer, order, payment, product, review } = this.ownTables;
    this.tables = {
      product: product.table,
      cart: cart.table,
      order: order.table,
      payment: payment.table,
      customer: customer.table,
      review: review.table,
    };
    this.events = new ShopEvents(this, 'Events');
    this.topics = this.events.topics;
    this.queues = this.events.queues;
    this.deadLetterQueues = this.events.deadLetterQueues;
    this.ownPaymentKey = new PaymentKey(this, 'PaymentKey', { profile });
    this.paymentKey = this.ownPaymentKey.key;
    this.signingSecret = this.createSigningSecret(profile);
  }

  /** The environment variables that tell a service where its own resources are. */
  environmentOf(service: ShopServiceName): Record<string, string> {
    const queue = memberOf(this.queues, service);
    const topic = memberOf(this.topics, service);
    return {
      TABLE_NAME: this.tables[service].tableName,
      ...(queue && { QUEUE_URL: queue.queueUrl }),
      ...(topic && { TOPIC_ARN: topic.topicArn }),
      ...(service === 'payment' && { KEY_ID: this.paymentKey.keyArn }),
      ...(service === 'customer' && { SIGNING_SECRET_ID: this.signingSecret.secretArn }),
    };
  }

  /**
   * Lets a role do what a service does, and nothing else: with the items of its own table, and with its own queue, topic,
   * key or secret.
   *
   * @param grantee a role of this account; the policy of the payment data's key names that of the payment service
   */
  grantTo(service: ShopServiceName, grantee: iam.IGrantable): void {
    const allow = (actions: string[], resource: string) =>
      grantee.grantPrincipal.addToPrincipalPolicy(
        new iam.PolicyStatement({ actions, resources: [resource] }),
      );
    this.ownTables[service].grantTo(grantee);
    const queue = memberOf(this.queues, service);
    if (queue) {
      allow(['sqs:DeleteMessage', 'sqs:ReceiveMessage'], queue.queueArn);
    }
    const topic = memberOf(this.topics, service);
    if (topic) allow(['sns:Publish'], topic.topicArn);
    if (service === 'payment') this.ownPaymentKey.grantUse(grantee);
    if (service === 'customer') allow(['secretsmanager:GetSecretValue'], this.signingSecret.secretArn);
  }

  private createSigningSecret({ removalPolicy }: Profile): secretsmanager.ISecret {
    const secret = new secretsmanager.Secret(this, 'SigningSecret', {
      description: 'Random text, from which the customer service derives the key that signs access tokens',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'A rotation is one call, put-secret-value, and signs nobody out: the service shows the keys of the current and of the previous text. It is left to people, as a function for it would have the right to read the secret.',
    });
    return secret;
  }
}

/** What a service has, where not every one has it. */
function memberOf<T>(
  all: Readonly<Partial<Record<ShopServiceName, T>>>,
  service: ShopServiceName,
): T | undefined {
  return all[service];
}
