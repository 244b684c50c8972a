import type { Money } from '../shared/money';

/** The bank that takes the money for the shop. It knows the cards by tokens. */
export interface Acquirer {
  /**
   * Keeps a card, and says by which token it is known.
   *
   * @param reference the same one with the same card gives the same token
   */
  keep(reference: string, cardNumber: string): Promise<string>;
  /**
   * Takes money, once for each reference.
   *
   * @returns why it was declined; undefined where it was taken
   * @throws AcquirerError where the outcome is not known: the same charge may be sent again
   */
  charge(reference: string, token: string, total: Money): Promise<string | undefined>;
  /**
   * Gives back what was taken, and declines what is to come for this reference: like the reversals between banks, it
   * may be sent where the outcome of a charge is not known, and overtake it.
   */
  reverse(reference: string): Promise<void>;
}

/** The acquirer had a fault. */
export class AcquirerError extends Error {
  constructor() {
    super('the acquirer does not say whether it pays');
    this.name = 'AcquirerError';
  }
}

/** What the simulated acquirer has decided of a reference. */
export interface Charge {
  readonly reference: string;
  readonly outcome: 'TAKEN' | 'DECLINED' | 'REVERSED';
  readonly total?: Money;
  readonly reason?: string;
}

/** Where the simulated acquirer keeps its books. */
export interface ChargeStore {
  /** Adds a charge where the reference has none; gives what is there then. */
  decide(charge: Charge): Promise<Charge>;
  /** Marks the reference as reversed, whether there is a charge or not. */
  reverse(reference: string): Promise<void>;
}

/** What comes of a card. */
type Behaviour = 'approve' | 'decline' | 'funds' | 'fault';

/** Numbers with a meaning; all others are approved. */
const TEST_CARDS: Readonly<Record<string, Behaviour>> = {
  '4242424242424242': 'approve',
  '4000000000000002': 'decline',
  '4000000000009995': 'funds',
  '4000000000000119': 'fault',
};

const DECLINES: Readonly<Partial<Record<string, string>>> = {
  decline: 'card-declined',
  funds: 'insufficient-funds',
};

/** An acquirer for trying the shop out: no money moves, and test cards show what may happen. */
export class SimulatedAcquirer implements Acquirer {
  constructor(private readonly charges: ChargeStore) {}

  async keep(reference: string, cardNumber: string): Promise<string> {
    return `sim_${TEST_CARDS[cardNumber] ?? 'approve'}_${reference}`;
  }

  async charge(reference: string, token: string, total: Money): Promise<string | undefined> {
    const behaviour = token.split('_')[1] ?? '';
    if (behaviour === 'fault') throw new AcquirerError();
    const reason = DECLINES[behaviour];
    const charge = await this.charges.decide(
      reason ? { reference, outcome: 'DECLINED', reason } : { reference, outcome: 'TAKEN', total },
    );
    return charge.outcome === 'REVERSED' ? 'reversed' : charge.reason;
  }

  async reverse(reference: string): Promise<void> {
    await this.charges.reverse(reference);
  }
}
