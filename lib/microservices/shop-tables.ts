import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Profile } from '../profile';
import type { ShopServiceName } from './shop-services';

/** Properties of ShopTable. */
export interface ShopTableProps {
  /** The service that the table belongs to. */
  readonly service: ShopServiceName;
  readonly profile: Profile;
}

interface TableShape {
  readonly indexes: readonly dynamodb.GlobalSecondaryIndexPropsV2[];

  /** What the service does with the items, besides queries of the indexes. A transaction needs the rights of its parts. */
  readonly actions: readonly string[];
}

const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });

/** The events that are still to be published. An item without the attribute `outbox` is not in it. */
const OUTBOX: dynamodb.GlobalSecondaryIndexPropsV2 = {
  indexName: 'outbox',
  partitionKey: text('outbox'),
  sortKey: text('createdAt'),
  projectionType: dynamodb.ProjectionType.ALL,
};

const SHAPES: Readonly<Record<ShopServiceName, TableShape>> = {
  product: {
    indexes: [
      {
        indexName: 'category',
        partitionKey: text('category'),
        sortKey: text('byName'),
        projectionType: dynamodb.ProjectionType.ALL,
      },
    ],
    actions: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
  },
  cart: {
    indexes: [],
    actions: ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
  },
  order: {
    indexes: [
      {
        indexName: 'unfinished',
        partitionKey: text('unfinished'),
        sortKey: { name: 'nextAttemptAt', type: dynamodb.AttributeType.NUMBER },
        projectionType: dynamodb.ProjectionType.KEYS_ONLY,
      },
      OUTBOX,
    ],
    actions: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
  },
  payment: {
    indexes: [],
    actions: ['ConditionCheckItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
  },
  customer: {
    indexes: [],
    actions: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
  },
  review: {
    indexes: [OUTBOX],
    actions: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
  },
};

/**
 * A service's own table, paid per request, encrypted with a key that DynamoDB owns, and restorable to any second of the
 * profile's backup retention. Items whose `expiresAt` (seconds since 1970) is over go by themselves.
 */
export class ShopTable extends Construct {
  /** The table. */
  readonly table: dynamodb.TableV2;

  private readonly shape: TableShape;

  constructor(scope: Construct, id: string, { profile, service }: ShopTableProps) {
    super(scope, id);
    this.shape = SHAPES[service];
    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      globalSecondaryIndexes: [...this.shape.indexes],
      timeToLiveAttribute: 'expiresAt',
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: profile.backupRetention.toDays(),
      },
      deletionProtection: profile.deletionProtection,
      removalPolicy: profile.removalPolicy,
    });
  }

  /** Lets the service do what it does with items, and query the indexes; it can neither scan nor change the table. */
  grantTo(grantee: iam.IGrantable): void {
    const { tableArn } = this.table;
    const { actions, indexes } = this.shape;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [tableArn] }),
    );
    if (indexes.length === 0) return;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: indexes.map(({ indexName }) => `${tableArn}/index/${indexName}`),
      }),
    );
  }
}
