import { checkConditional } from 'dynalite/db';
import { validateExpressions } from 'dynalite/validations';
import { type Json, listOf, memberOf, Refusal } from './json-protocol';

/** How long a token makes a transaction happen once, in milliseconds, and how many writes one may have. */
const REMEMBERED = 600_000;
const MOST = 100;

/** Asks dynalite for one of the operations that it has. */
export type Ask = (operation: string, body: Json) => Promise<Json>;

const KINDS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

/** One write of a transaction. */
interface Write {
  readonly kind: (typeof KINDS)[number];
  readonly request: Json;
  readonly key: Json;
}

/**
 * The transactions that dynalite does not have. Who calls this has to let nothing else happen meanwhile. It never
 * answers with TransactionConflict.
 */
export class Transactions {
  private readonly tokens = new Map<string, { content: string; at: number }>();

  constructor(private readonly ask: Ask) {}

  async get(body: Json): Promise<Json> {
    const Responses: Json[] = [];
    for (const entry of listOf(body, 'TransactItems')) {
      Responses.push(await this.ask('GetItem', { ...memberOf(entry, 'Get'), ConsistentRead: true }));
    }
    return { Responses };
  }

  async write(body: Json): Promise<Json> {
    const { ClientRequestToken, ...rest } = body;
    if (typeof ClientRequestToken === 'string' && this.isRepeated(ClientRequestToken, rest)) return {};
    const writes = listOf(body, 'TransactItems').map(writeOf);
    checkShape(writes);
    const before: (Json | undefined)[] = [];
    for (const { request, key } of writes) {
      const { Item } = await this.ask('GetItem', {
        TableName: request.TableName,
        Key: key,
        ConsistentRead: true,
      });
      before.push(Item as Json | undefined);
    }
    const reasons = writes.map(({ request }, place) => reasonAgainst(request, before[place]));
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    await this.apply(writes, before);
    if (typeof ClientRequestToken === 'string') {
      this.tokens.set(ClientRequestToken, { content: JSON.stringify(rest), at: Date.now() });
    }
    return {};
  }

  private isRepeated(token: string, content: Json): boolean {
    const known = this.tokens.get(token);
    if (!known || Date.now() - known.at > REMEMBERED) return false;
    if (known.content === JSON.stringify(content)) return true;
    throw new Refusal('IdempotentParameterMismatchException');
  }

  /** What can be refused though all conditions hold, such as adding to what is no number, undoes what was done. */
  private async apply(writes: readonly Write[], before: readonly (Json | undefined)[]): Promise<void> {
    for (const [place, { kind, request }] of writes.entries()) {
      if (kind === 'ConditionCheck') continue;
      try {
        await this.ask(`${kind}Item`, request);
      } catch (error) {
        for (const [done, { request, key }] of writes.slice(0, place).entries()) {
          const Item = before[done];
          const { TableName } = request;
          await (Item
            ? this.ask('PutItem', { TableName, Item })
            : this.ask('DeleteItem', { TableName, Key: key }));
        }
        const message = error instanceof Error ? error.message : String(error);
        throw cancelled(
          writes.map((_write, other) =>
            other === place ? { Code: 'ValidationError', Message: message } : { Code: 'None' },
          ),
        );
      }
    }
  }
}

function writeOf(entry: Json): Write {
  const kind = KINDS.find((name) => entry[name] !== undefined);
  if (!kind || Object.keys(entry).length !== 1) {
    throw new Refusal(
      'ValidationException',
      'TransactItems can only contain one of Check, Put, Update or Delete',
    );
  }
  const request = memberOf(entry, kind);
  const { pk, sk } = memberOf(request, kind === 'Put' ? 'Item' : 'Key');
  return { kind, request, key: { pk, sk } };
}

function checkShape(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > MOST) {
    throw new Refusal('ValidationException', `a transaction has 1 to ${MOST} writes, not ${writes.length}`);
  }
  const places = writes.map(({ request, key }) => JSON.stringify([request.TableName, key.pk, key.sk]));
  if (new Set(places).size < places.length) {
    throw new Refusal(
      'ValidationException',
      'Transaction request cannot include multiple operations on one item',
    );
  }
}

function reasonAgainst(request: Json, item: Json | undefined): Json {
  const parsed = structuredClone(request);
  const wrong = validateExpressions(parsed);
  if (wrong) throw new Refusal('ValidationException', wrong);
  if (!checkConditional(parsed, item)) return { Code: 'None' };
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item && { Item: item }),
  };
}

function cancelled(reasons: readonly Json[]): Refusal {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new Refusal(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}
