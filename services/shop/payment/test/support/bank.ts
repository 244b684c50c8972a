import { derivedId, newId } from '../../../shared/ids';
import { money } from '../../../shared/money';
import { openTable, type Table } from '../../../shared/table';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { type Death, Life } from '../../../shared/test/support/mortal';
import { quietLog } from '../../../shared/test/support/quiet-log';
import { type Acquirer, SimulatedAcquirer } from '../../acquirer';
import { DynamoDbCharges } from '../../dynamodb-charges';
import { DynamoDbMethods } from '../../dynamodb-methods';
import { DynamoDbPayments } from '../../dynamodb-payments';
import type { KeptMethod, MethodStore } from '../../methods';
import type { PaymentRequest } from '../../payment';
import { type PaymentSurroundings, Payments } from '../../payments';
import { KmsVault } from '../../vault';
import { addKms, KEY } from './fake-kms';

const TABLE = 'payments';

/** What payments work with, without the ports of the service. */
export interface Bank {
  readonly aws: FakeAws;
  readonly methods: MethodStore;
  readonly acquirer: Acquirer;
  /** A process; `wrap` puts something between it and what it calls. */
  open(wrap?: <T extends object>(part: T) => T, changes?: Partial<PaymentSurroundings>): Payments;
  /** A new payment method, and a request to pay with it. */
  request(cardNumber?: string, changes?: Partial<KeptMethod>): Promise<PaymentRequest>;
  /** What the acquirer has done for an order. */
  outcome(orderId: string): Promise<unknown>;
  /** What is kept of a payment. */
  kept(orderId: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  close(): Promise<void>;
}

/** Prepares everything. */
export async function openBank(): Promise<Bank> {
  const aws = await startAws();
  addKms(aws);
  await aws.createTable(TABLE);
  const table: Table = openTable('eu-west-1', TABLE);
  const vault = new KmsVault('eu-west-1', KEY);
  const methods = new DynamoDbMethods(table);
  const payments = new DynamoDbPayments(table);
  const acquirer = new SimulatedAcquirer(new DynamoDbCharges(table));
  const { log } = quietLog();

  async function item(pk: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return (await aws.items(TABLE)).find((one) => one.pk === pk);
  }

  return {
    aws,
    methods,
    acquirer,
    open(wrap = (part) => part, changes = {}) {
      return new Payments({
        payments: wrap(payments),
        methods: wrap(methods),
        vault: wrap(vault),
        acquirer: wrap(acquirer),
        log,
        now: Date.now,
        ...changes,
      });
    },
    async request(cardNumber = '4242424242424242', changes = {}) {
      const owner = { customerId: `customer-${newId()}`, paymentMethodId: derivedId(newId()) };
      const token = await acquirer.keep(owner.paymentMethodId, cardNumber);
      await methods.add({
        ...owner,
        brand: 'visa',
        last4: '4242',
        expiryMonth: 12,
        expiryYear: 2090,
        createdAt: '2026-11-21T10:00:00.000Z',
        sealed: await vault.seal(owner, { token, cardholder: 'Tanaka Yuki' }),
        ...changes,
      });
      return { ...owner, total: money(750) };
    },
    outcome: async (orderId) => (await item(`acquirer#${orderId}`))?.outcome,
    kept: (orderId) => item(`payment#${orderId}`),
    async close() {
      vault.close();
      table.close();
      await aws.close();
    },
  };
}

/** Lets a process with this fate do something; tells whether it has met it. */
export async function mortal(
  bank: Bank,
  fate: Death,
  work: (payments: Payments) => Promise<unknown>,
): Promise<boolean> {
  const life = new Life(fate);
  const process = bank.open((part) => life.bind(part));
  await Promise.race([work(process).catch(() => undefined), life.death]);
  return life.isFulfilled;
}
