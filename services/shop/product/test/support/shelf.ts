import { money } from '../../../shared/money';
import type { Reservation, StockLevel } from '../../model';
import { added, type Change, type Outcome, plan, recordOf, type Situation } from '../../stock-rules';

const PRODUCTS = new Map([
  ['tea', { name: 'Tea', price: money(500) }],
  ['cup', { name: 'Cup', price: money(1_200) }],
]);

/** A table in memory, on which plans act. */
export class Shelf {
  readonly levels = new Map<string, StockLevel>();
  readonly reservations = new Map<string, Reservation>();
  readonly deliveries = new Map<string, number>();

  /** @param available pieces by product */
  constructor(available: Readonly<Record<string, number>>) {
    for (const [id, pieces] of Object.entries(available))
      this.levels.set(id, { available: pieces, reserved: 0, sold: 0 });
  }

  /** What a plan is made of. */
  get situation(): Situation {
    return {
      products: PRODUCTS,
      levels: this.levels,
      reservations: this.reservations,
      deliveries: this.deliveries,
    };
  }

  /** Plans changes, and does what the plan says. */
  run(...changes: Change[]): readonly Outcome[] {
    const { outcomes, moves, writes } = plan(changes, this.situation);
    for (const [id, move] of moves)
      this.levels.set(id, added(this.levels.get(id) ?? { available: 0, reserved: 0, sold: 0 }, move));
    for (const write of writes) {
      if (write.kind === 'add') this.reservations.set(write.reservation.orderId, write.reservation);
      else if (write.kind === 'delivery')
        this.deliveries.set(recordOf({ ...write, kind: 'deliver' }), write.quantity);
      else {
        const earlier = this.reservations.get(write.orderId);
        if (earlier) this.reservations.set(write.orderId, { ...earlier, state: write.state });
      }
    }
    return outcomes;
  }
}

/** The wish to keep pieces. */
export function reserve(orderId: string, pieces: Readonly<Record<string, number>>): Change {
  const lines = Object.entries(pieces).map(([productId, quantity]) => ({ productId, quantity }));
  return { kind: 'reserve', orderId, lines };
}

/** The wish to end a reservation. */
export function settle(kind: 'confirm' | 'release', orderId: string, productIds = ['tea', 'cup']): Change {
  return { kind, orderId, productIds };
}
