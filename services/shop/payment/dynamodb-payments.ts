import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, isConditionFailure, type Table, transact, type Writes } from '../shared/table';
import { methodKey } from './dynamodb-methods';
import type { Payment, PaymentState, PaymentStore } from './payment';

function keyOf(orderId: string): { pk: string; sk: string } {
  return { pk: `payment#${orderId}`, sk: 'payment' };
}

/** Payments in a DynamoDB table. It needs GetItem, PutItem, UpdateItem and ConditionCheckItem. */
export class DynamoDbPayments implements PaymentStore {
  constructor(private readonly table: Table) {}

  async get(orderId: string): Promise<Payment | undefined> {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key: keyOf(orderId), ConsistentRead: true }),
    );
    return Item && paymentIn(Item);
  }

  async begin(payment: Payment): Promise<Payment | undefined> {
    const TableName = this.table.name;
    const { orderId, request, state } = payment;
    const Item = { ...keyOf(orderId), ...payment };
    const writes: Writes = [{ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }];
    if (request && state === 'PENDING') {
      const ConditionExpression = 'attribute_exists(sealed)';
      writes.push({ ConditionCheck: { TableName, Key: methodKey(request), ConditionExpression } });
    }
    try {
      await transact(this.table, writes);
      return payment;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return cancellationCodes(error)[0] === 'None' ? undefined : await this.known(orderId);
    }
  }

  async move(
    orderId: string,
    from: readonly PaymentState[],
    to: PaymentState,
    reason?: string,
  ): Promise<Payment> {
    const states = Object.fromEntries(from.map((state, place) => [`:from${place}`, state]));
    const command = new UpdateCommand({
      TableName: this.table.name,
      Key: keyOf(orderId),
      UpdateExpression: `SET #state = :to${reason ? ', reason = :reason' : ''} REMOVE sealed`,
      ConditionExpression: `#state IN (${Object.keys(states).join(', ')})`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ...states, ':to': to, ...(reason && { ':reason': reason }) },
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes = {} } = await this.table.documents.send(command);
      return paymentIn(Attributes);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return await this.known(orderId);
    }
  }

  private async known(orderId: string): Promise<Payment> {
    const payment = await this.get(orderId);
    if (!payment) throw new Error(`the payment of ${orderId} is gone`);
    return payment;
  }
}

/** Nobody but this service writes into its table. */
function paymentIn(item: Readonly<Record<string, unknown>>): Payment {
  const { pk: _pk, sk: _sk, ...payment } = item;
  return payment as unknown as Payment;
}
