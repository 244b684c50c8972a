import { readFileSync } from 'node:fs';
import { GetQueueAttributesCommand, ListQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Goods, stockUp } from '../../../../bin/shop/goods';
import { LocalShop } from '../../../../bin/shop/local-shop';
import { REGION, type ResourceEnvironments } from '../../../../bin/shop/resources';
import { SHOP_SERVICES, type ShopServiceName } from '../../../../lib/microservices/shop-services';
import { type Aws, connect } from '../aws';
import { ACCOUNT } from '../cli';
import { type Emulator, startEmulator } from '../emulator';
import { Books } from './books';
import { Outside } from './outside';

/** The services that are struck: those that a purchase changes something by. */
export const STRUCK = ['order', 'payment', 'product', 'cart'] as const satisfies ShopServiceName[];

/** Seconds until a message comes again that nobody finished: a minute would be right for a shop, and long for a test. */
const VISIBILITY_TIMEOUT = '1';

/** Short times: what the shop waits for by the clock, the tests wait for, too. */
const ENVIRONMENT = {
  RECOVERY_INTERVAL_MS: '100',
  PAYMENT_PATIENCE_SECONDS: '120',
  SAGA_TIMEOUT_MS: '2000',
};

/** Lines of each log that tell of a failure. */
const LAST_LINES = 12;

/** The shop on this machine with an emulator of its own, and all that a test wants to know of it. */
export class Trial {
  readonly books: Books;
  private products = 0;

  private constructor(
    private readonly emulator: Emulator,
    readonly aws: Aws,
    readonly shop: LocalShop,
    private readonly outsides: ReadonlyMap<ShopServiceName, Outside>,
  ) {
    this.books = new Books(aws.dynamodb, shop.resources);
  }

  static async start(): Promise<Trial> {
    const emulator = await startEmulator();
    const outsides = new Map<ShopServiceName, Outside>(STRUCK.map((name) => [name, new Outside()]));
    try {
      const aws = connect(emulator, REGION, ACCOUNT);
      const shop = await LocalShop.start(emulator, {
        environment: ENVIRONMENT,
        // A poll that has begun keeps to the timeout of its beginning.
        prepare: (resources) => hastenQueues(aws, queuesIn(resources)),
        between: async (caller, called, url) => (await outsides.get(caller)?.leadTo(called, url)) ?? url,
      });
      const trial = new Trial(emulator, aws, shop, outsides);
      await trial.hastenStarts();
      return trial;
    } catch (error) {
      await Promise.all([...outsides.values()].map((outside) => outside.close()));
      await emulator.stop();
      throw error;
    }
  }

  /** Adds a product with so many pieces; gives its id. */
  async addProduct(stock: number, price = 1_200): Promise<string> {
    this.products += 1;
    const product: Goods = {
      productId: `trial-${this.products}`,
      name: `Trial ${this.products}`,
      description: 'For a test.',
      category: 'trials',
      price,
      stock,
    };
    await stockUp(this.shop, [product]);
    return product.productId;
  }

  /** All that a service asks of others. */
  outsideOf(service: ShopServiceName): Outside {
    const outside = this.outsides.get(service);
    if (!outside) throw new Error(`nobody looks at what ${service} asks`);
    return outside;
  }

  /**
   * Lets the calls of all other services wait until one of them is back. The calls amid which it died fail; were all refused
   * that follow, circuit breakers would open, and each strike would take seconds.
   */
  holdCalls(dead: ShopServiceName, until: Promise<unknown>): void {
    for (const [name, outside] of this.outsides) if (name !== dead) outside.hold(until);
  }

  /** Whether all events are published and handled. */
  async isQuiet(): Promise<boolean> {
    if (await this.books.hasUnpublishedEvents()) return false;
    const messages = await Promise.all(this.queues.map((url) => this.messagesIn(url)));
    return messages.every((count) => count === 0);
  }

  /** The messages in all queues, those for dead letters included. */
  async messages(): Promise<number> {
    const { QueueUrls = [] } = await this.aws.sqs.send(new ListQueuesCommand({}));
    const counts = await Promise.all(QueueUrls.map((url) => this.messagesIn(url)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The messages in a queue, those that somebody works on included. */
  private async messagesIn(url: string): Promise<number> {
    const { Attributes = {} } = await this.aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
  }

  /** The lines of the logs of all processes. */
  get logs(): readonly string[] {
    const ofEmulator = readFileSync(this.emulator.log, 'utf8').split('\n');
    return [...SHOP_SERVICES.flatMap((name) => this.shop.service(name).log), ...ofEmulator];
  }

  /** The end of each log, for whoever looks into a failure. */
  lastWords(): string {
    return SHOP_SERVICES.flatMap((name) => this.shop.service(name).log.slice(-LAST_LINES)).join('\n');
  }

  async close(): Promise<void> {
    await this.shop.close();
    await Promise.all([...this.outsides.values()].map((outside) => outside.close()));
    await this.emulator.stop();
  }

  private get queues(): string[] {
    return queuesIn(this.shop.resources);
  }

  /** What a process has compiled, it leaves to the next one where it stops by itself. */
  private async hastenStarts(): Promise<void> {
    await Promise.all(
      STRUCK.map(async (name) => {
        await this.shop.service(name).stop();
        await this.shop.startService(name);
      }),
    );
  }
}

function queuesIn(resources: ResourceEnvironments): string[] {
  return Object.values(resources).flatMap(({ QUEUE_URL }) => QUEUE_URL ?? []);
}

async function hastenQueues(aws: Aws, urls: readonly string[]): Promise<void> {
  for (const QueueUrl of urls) {
    await aws.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: VISIBILITY_TIMEOUT } }),
    );
  }
}
