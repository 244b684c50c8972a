import { type Stub, type StubAnswer, type StubRequest, startStub } from '../../../shared/test/support/stub';

/** What a product costs in the tests. */
const PRICE = 250;

/** Payment methods of the tests, by what comes of them. */
export const METHODS = {
  good: 'g'.repeat(26),
  declined: 'd'.repeat(26),
  undecided: 'u'.repeat(26),
};

interface Item {
  readonly productId: string;
  readonly quantity: number;
}

/** What has become of a reservation. */
interface Reservation {
  state: 'RESERVED' | 'CONFIRMED' | 'RELEASED';
  readonly items: readonly Item[];
}

/** The other services, with what they would keep, over HTTP. */
export class World {
  readonly stock = new Map<string, { available: number; reserved: number }>();
  readonly reservations = new Map<string, Reservation>();
  readonly payments = new Map<string, 'APPROVED' | 'DECLINED' | 'VOIDED'>();

  private constructor(
    readonly product: Stub,
    readonly payment: Stub,
  ) {}

  /** Starts them. */
  static async start(): Promise<World> {
    const nothing = () => undefined;
    const world = new World(await startStub(nothing), await startStub(nothing));
    world.recover();
    return world;
  }

  /** Lets both work as they should. */
  recover(): void {
    this.product.answer((request) => this.answerProduct(request));
    this.payment.answer((request) => this.answerPayment(request));
  }

  /** What product answers to a request, which takes effect. */
  answerProduct({ path, body }: StubRequest): StubAnswer {
    const [, , orderId = '', action] = path.split('/');
    const known = this.reservations.get(orderId);
    if (action === 'release') {
      if (known?.state === 'CONFIRMED') return problem(409, 'confirmed');
      if (known?.state === 'RESERVED') this.move(known.items, 1, -1);
      this.reservations.set(orderId, { items: known?.items ?? [], state: 'RELEASED' });
      return { status: 200, body: {} };
    }
    if (action === 'confirm') {
      if (!known || known.state === 'RELEASED') return problem(409, 'released');
      if (known.state === 'RESERVED') this.move(known.items, 0, -1);
      known.state = 'CONFIRMED';
      return { status: 200, body: {} };
    }
    return this.reserve(orderId, (body as { items: Item[] }).items);
  }

  /** What payment answers to a request, which takes effect. */
  answerPayment({ path, body }: StubRequest): StubAnswer {
    const [, , orderId = '', action] = path.split('/');
    const known = this.payments.get(orderId);
    if (action === 'void') {
      if (known !== 'DECLINED') this.payments.set(orderId, 'VOIDED');
      return { status: 200, body: {} };
    }
    const { paymentMethodId } = body as { paymentMethodId: string };
    if (!known && paymentMethodId === METHODS.undecided) return { status: 202, body: { state: 'PENDING' } };
    const state = known ?? (paymentMethodId === METHODS.good ? 'APPROVED' : 'DECLINED');
    this.payments.set(orderId, state);
    if (state === 'APPROVED') return { status: 200, body: { state } };
    const reason = state === 'VOIDED' ? 'voided' : 'insufficient-funds';
    return { status: 200, body: { state: 'DECLINED', reason } };
  }

  async close(): Promise<void> {
    await Promise.all([this.product.close(), this.payment.close()]);
  }

  private reserve(orderId: string, items: readonly Item[]): StubAnswer {
    const known = this.reservations.get(orderId);
    if (known?.state === 'RELEASED') return problem(409, 'released');
    if (!known) {
      const unknown = items.filter(({ productId }) => !this.stock.has(productId));
      if (unknown.length > 0) return problem(422, 'unknown-product', unknown);
      const short = items.filter(({ productId, quantity }) => this.available(productId) < quantity);
      if (short.length > 0) return problem(409, 'out-of-stock', short);
      this.move(items, -1, 1);
      this.reservations.set(orderId, { items, state: 'RESERVED' });
    }
    const total = items.reduce((sum, { quantity }) => sum + quantity * PRICE, 0);
    const unitPrice = { amount: PRICE, currency: 'JPY' };
    const lines = items.map((item) => ({ ...item, name: `The ${item.productId}`, unitPrice }));
    return {
      status: 200,
      body: { orderId, state: 'RESERVED', items: lines, total: { amount: total, currency: 'JPY' } },
    };
  }

  private available(productId: string): number {
    return this.stock.get(productId)?.available ?? 0;
  }

  private move(items: readonly Item[], available: number, reserved: number): void {
    for (const { productId, quantity } of items) {
      const stock = this.stock.get(productId);
      if (!stock) throw new Error(`${productId} is gone`);
      stock.available += available * quantity;
      stock.reserved += reserved * quantity;
    }
  }
}

function problem(status: number, slug: string, items: readonly Item[] = []): StubAnswer {
  const productIds = items.map(({ productId }) => productId);
  return { status, body: { type: `urn:shop:${slug}`, productIds }, type: 'application/problem+json' };
}
