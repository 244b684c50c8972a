import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailure, type Table } from '../shared/table';
import type { Charge, ChargeStore } from './acquirer';

function keyOf(reference: string): { pk: string; sk: string } {
  return { pk: `acquirer#${reference}`, sk: 'charge' };
}

/** The books of the simulated acquirer, in the table of the payment service. */
export class DynamoDbCharges implements ChargeStore {
  constructor(private readonly table: Table) {}

  async decide(charge: Charge): Promise<Charge> {
    const TableName = this.table.name;
    const Key = keyOf(charge.reference);
    const { documents } = this.table;
    const Item = { ...Key, ...charge };
    try {
      await documents.send(
        new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
      return charge;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
    const known = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const outcome: unknown = known.Item?.outcome;
    const reason: unknown = known.Item?.reason;
    return {
      reference: charge.reference,
      outcome: outcome === 'TAKEN' || outcome === 'DECLINED' ? outcome : 'REVERSED',
      ...(typeof reason === 'string' && { reason }),
    };
  }

  async reverse(reference: string): Promise<void> {
    await this.table.documents.send(
      new UpdateCommand({
        TableName: this.table.name,
        Key: keyOf(reference),
        UpdateExpression: 'SET outcome = :reversed, #reference = :reference',
        ExpressionAttributeNames: { '#reference': 'reference' },
        ExpressionAttributeValues: { ':reversed': 'REVERSED', ':reference': reference },
      }),
    );
  }
}
