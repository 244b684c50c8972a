import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { EXPIRY_INDEX, TIME_TO_LIVE } from '../../lambda/serverless-api/keys';
import type { Profile } from '../profile';

/** Properties of DocumentTable. */
export interface DocumentTableProps {
  readonly profile: Profile;
}

/**
 * One table for all metadata, paid per request. Its keys are described where they are made, in
 * `lambda/serverless-api/keys.ts`.
 */
export class DocumentTable extends Construct {
  /** The table. */
  readonly table: dynamodb.TableV2;

  constructor(scope: Construct, id: string, { profile }: DocumentTableProps) {
    super(scope, id);
    const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });
    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      globalSecondaryIndexes: [
        {
          indexName: EXPIRY_INDEX,
          partitionKey: text('expiryDay'),
          sortKey: text('expiresAt'),
          projectionType: dynamodb.ProjectionType.KEYS_ONLY,
        },
      ],
      timeToLiveAttribute: TIME_TO_LIVE,
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: profile.backupRetention.toDays(),
      },
      deletionProtection: profile.deletionProtection,
      removalPolicy: profile.removalPolicy,
    });
  }

  /** The ARN of the index of the documents that expire. */
  get expiryIndexArn(): string {
    return `${this.table.tableArn}/index/${EXPIRY_INDEX}`;
  }
}
