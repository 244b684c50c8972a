import type { Line, ProductDraft, Reservation, ReservedLine, StockLevel } from './model';

/** A wish to move pieces; each has a record of its own, which makes it happen once. */
export type Change =
  | { readonly kind: 'reserve'; readonly orderId: string; readonly lines: readonly Line[] }
  | {
      readonly kind: 'confirm' | 'release';
      readonly orderId: string;
      /** The products of the reservation as far as it was known when the wish was made. */
      readonly productIds: readonly string[];
    }
  | {
      readonly kind: 'deliver';
      readonly productId: string;
      readonly deliveryId: string;
      readonly quantity: number;
    };

/** What the table said a moment ago about all that a batch of changes touches. */
export interface Situation {
  readonly products: ReadonlyMap<string, Pick<ProductDraft, 'name' | 'price'>>;
  readonly levels: ReadonlyMap<string, StockLevel>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** The quantity of a delivery that has arrived, by {@link recordOf}. */
  readonly deliveries: ReadonlyMap<string, number>;
}

/** How a change went. */
export type Outcome =
  | { readonly kind: 'done'; readonly reservation: Reservation }
  | { readonly kind: 'delivered'; readonly level: StockLevel }
  | { readonly kind: 'out-of-stock' | 'unknown-product'; readonly productIds: readonly string[] }
  /** The request can't be met any more, or has been made with another content. */
  | { readonly kind: 'released' | 'confirmed' | 'not-reserved' | 'other-content' }
  /** The reservation has products that the change did not name: make the change anew. */
  | { readonly kind: 'again' };

/** A record that has to be written together with the moves. */
export type RecordWrite =
  | { readonly kind: 'add'; readonly reservation: Reservation }
  | { readonly kind: 'end'; readonly orderId: string; readonly state: 'CONFIRMED' | 'RELEASED' }
  | {
      readonly kind: 'delivery';
      readonly productId: string;
      readonly deliveryId: string;
      readonly quantity: number;
    };

/** What one transaction has to write, and what to answer to each change when it has. */
export interface Plan {
  readonly outcomes: readonly Outcome[];
  readonly moves: ReadonlyMap<string, StockLevel>;
  readonly writes: readonly RecordWrite[];
}

interface Decision {
  readonly outcome: Outcome;
  readonly moves?: readonly (readonly [productId: string, move: StockLevel])[];
  readonly write?: RecordWrite;
}

const NOTHING: StockLevel = { available: 0, reserved: 0, sold: 0 };

/** The name of the record that makes a change happen once. */
export function recordOf(change: Change): string {
  return change.kind === 'deliver'
    ? `delivery#${change.productId}#${change.deliveryId}`
    : `reservation#${change.orderId}`;
}

/** The products whose pieces a change may move. */
export function productsOf(change: Change): readonly string[] {
  if (change.kind === 'reserve') return change.lines.map(({ productId }) => productId);
  return change.kind === 'deliver' ? [change.productId] : change.productIds;
}

/** Adds a move to a level, or two moves. */
export function added(level: StockLevel, move: StockLevel): StockLevel {
  return {
    available: level.available + move.available,
    reserved: level.reserved + move.reserved,
    sold: level.sold + move.sold,
  };
}

/**
 * Decides changes one after another, each in the situation that those before it leave. No two of them may have the same
 * record.
 */
export function plan(changes: readonly Change[], situation: Situation): Plan {
  const levels = new Map(situation.levels);
  const moves = new Map<string, StockLevel>();
  const outcomes: Outcome[] = [];
  const writes: RecordWrite[] = [];
  for (const change of changes) {
    const decision = decide(change, { ...situation, levels });
    outcomes.push(decision.outcome);
    if (decision.write) writes.push(decision.write);
    for (const [productId, move] of decision.moves ?? []) {
      levels.set(productId, added(levels.get(productId) ?? NOTHING, move));
      moves.set(productId, added(moves.get(productId) ?? NOTHING, move));
    }
  }
  return { outcomes, moves, writes };
}

function decide(change: Change, situation: Situation): Decision {
  if (change.kind === 'reserve') return reserve(change.orderId, change.lines, situation);
  if (change.kind === 'deliver') return deliver(change, situation);
  return settle(change, situation);
}

function reserve(orderId: string, lines: readonly Line[], situation: Situation): Decision {
  const earlier = situation.reservations.get(orderId);
  if (earlier?.state === 'RELEASED') return { outcome: { kind: 'released' } };
  if (earlier) {
    const isSame = contentOf(earlier.lines) === contentOf(lines);
    return { outcome: isSame ? { kind: 'done', reservation: earlier } : { kind: 'other-content' } };
  }
  const reserved: ReservedLine[] = [];
  const unknown: string[] = [];
  const short: string[] = [];
  for (const { productId, quantity } of lines) {
    const product = situation.products.get(productId);
    const level = situation.levels.get(productId);
    if (!product || !level) unknown.push(productId);
    else if (level.available < quantity) short.push(productId);
    else reserved.push({ productId, name: product.name, quantity, unitPrice: product.price });
  }
  if (unknown.length > 0) return { outcome: { kind: 'unknown-product', productIds: unknown } };
  if (short.length > 0) return { outcome: { kind: 'out-of-stock', productIds: short } };
  const reservation: Reservation = { orderId, state: 'RESERVED', lines: reserved };
  return {
    outcome: { kind: 'done', reservation },
    moves: movesOf(reserved, (quantity) => ({ available: -quantity, reserved: quantity, sold: 0 })),
    write: { kind: 'add', reservation },
  };
}

function settle(
  { kind, orderId, productIds }: Extract<Change, { kind: 'confirm' | 'release' }>,
  situation: Situation,
): Decision {
  const earlier = situation.reservations.get(orderId);
  const state = kind === 'confirm' ? 'CONFIRMED' : 'RELEASED';
  if (!earlier) {
    if (kind === 'confirm') return { outcome: { kind: 'not-reserved' } };
    const tombstone: Reservation = { orderId, state, lines: [] };
    return {
      outcome: { kind: 'done', reservation: tombstone },
      write: { kind: 'add', reservation: tombstone },
    };
  }
  if (earlier.state === state) return { outcome: { kind: 'done', reservation: earlier } };
  if (earlier.state === 'CONFIRMED') return { outcome: { kind: 'confirmed' } };
  if (earlier.state === 'RELEASED') return { outcome: { kind: 'released' } };
  if (earlier.lines.some(({ productId }) => !productIds.includes(productId)))
    return { outcome: { kind: 'again' } };
  return {
    outcome: { kind: 'done', reservation: { ...earlier, state } },
    moves: movesOf(earlier.lines, (quantity) =>
      state === 'CONFIRMED'
        ? { available: 0, reserved: -quantity, sold: quantity }
        : { available: quantity, reserved: -quantity, sold: 0 },
    ),
    write: { kind: 'end', orderId, state },
  };
}

function deliver(change: Extract<Change, { kind: 'deliver' }>, situation: Situation): Decision {
  const { productId, deliveryId, quantity } = change;
  const level = situation.levels.get(productId);
  if (!level) return { outcome: { kind: 'unknown-product', productIds: [productId] } };
  const earlier = situation.deliveries.get(recordOf(change));
  if (earlier !== undefined) {
    return { outcome: earlier === quantity ? { kind: 'delivered', level } : { kind: 'other-content' } };
  }
  const move: StockLevel = { available: quantity, reserved: 0, sold: 0 };
  return {
    outcome: { kind: 'delivered', level: added(level, move) },
    moves: [[productId, move]],
    write: { kind: 'delivery', productId, deliveryId, quantity },
  };
}

function movesOf(
  lines: readonly Line[],
  move: (quantity: number) => StockLevel,
): (readonly [string, StockLevel])[] {
  return lines.map(({ productId, quantity }) => [productId, move(quantity)] as const);
}

/** The same for the same lines in any order. */
function contentOf(lines: readonly Line[]): string {
  return lines
    .map(({ productId, quantity }) => `${productId} ${quantity}`)
    .sort()
    .join();
}
