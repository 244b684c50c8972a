import type { Json } from './json-protocol';

/** An index of a table. */
export interface Index {
  readonly partition: string;
  readonly sort?: string;
  /** 'S' by default. */
  readonly sortType?: 'S' | 'N';
  /** 'ALL' by default. */
  readonly projection?: 'ALL' | 'KEYS_ONLY';
}

/** Indexes by name. */
export type Indexes = Readonly<Record<string, Index>>;

/** The request that creates a table with the keys `pk` and `sk`. */
export function tableDefinition(name: string, indexes: Indexes): Json {
  const types = new Map<string, string>([
    ['pk', 'S'],
    ['sk', 'S'],
  ]);
  const GlobalSecondaryIndexes = Object.entries(indexes).map(([IndexName, index]) => {
    const { partition, sort, sortType = 'S', projection = 'ALL' } = index;
    types.set(partition, types.get(partition) ?? 'S');
    if (sort) types.set(sort, types.get(sort) ?? sortType);
    return { IndexName, KeySchema: keySchema(partition, sort), Projection: { ProjectionType: projection } };
  });
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema('pk', 'sk'),
    ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
  };
}

function keySchema(partition: string, sort: string | undefined): Json[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' }] : []),
  ];
}
