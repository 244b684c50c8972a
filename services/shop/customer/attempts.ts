import { createHash } from 'node:crypto';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Problem } from '../shared/problem';
import type { Table } from '../shared/table';
import { sameAddress } from './customer';

/** So many passwords may be tried for an address in so many seconds. */
const MOST = 10;
const WINDOW = 900;

/**
 * Counts the sign-ins to an address, whether somebody has it or not. They are counted before the password is looked at,
 * so that guesses that arrive at once count, too.
 */
export class Attempts {
  constructor(private readonly table: Table) {}

  /** @throws a 429 where there were too many since the window began */
  async count(email: string): Promise<void> {
    const now = Math.floor(Date.now() / 1_000);
    const end = now - (now % WINDOW) + WINDOW;
    const { Attributes } = await this.table.documents.send(
      new UpdateCommand({
        TableName: this.table.name,
        Key: this.keyOf(email, end),
        UpdateExpression: 'SET expiresAt = :end ADD attempts :one',
        ExpressionAttributeValues: { ':end': end, ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    if (Number(Attributes?.attempts) <= MOST) return;
    throw new Problem(429, 'too-many-attempts', 'There were too many sign-ins. Please try again later.', {
      headers: { 'retry-after': String(end - now) },
    });
  }

  /** Begins anew, for somebody who knew the password. */
  async forget(email: string): Promise<void> {
    const now = Math.floor(Date.now() / 1_000);
    const end = now - (now % WINDOW) + WINDOW;
    await this.table.documents.send(
      new DeleteCommand({ TableName: this.table.name, Key: this.keyOf(email, end) }),
    );
  }

  /** By a hash: the addresses of people who are not customers need not be kept. */
  private keyOf(email: string, end: number): { pk: string; sk: string } {
    const digest = createHash('sha256').update(sameAddress(email)).digest('base64url');
    return { pk: `attempts#${digest}`, sk: String(end) };
  }
}
