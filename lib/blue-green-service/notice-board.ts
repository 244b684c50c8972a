import { Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { grantReadSecret } from '../building-blocks/read-secret';
import { PRODUCTION, type Profile } from '../profile';

/** Properties of NoticeBoard. */
export interface NoticeBoardProps {
  /**
   * Removal policy, deletion protection and retention of the backups.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * The key that encrypts the token's secret.
   *
   * @default - the account's aws/secretsmanager key
   */
  readonly key?: kms.IKey;
}

/** What the sample application keeps and needs wherever it runs: a table of notices, and the token of who may post. */
export class NoticeBoard extends Construct {
  /** The notices, paid per request; keys `pk` and `sk`. */
  readonly table: dynamodb.ITableV2;

  /** The secret with the token for posting, as plain text. The application finds it in POST_TOKEN. */
  readonly secret: secretsmanager.ISecret;

  /** What the application finds in its environment; the token is not in it. */
  readonly environment: Readonly<Record<string, string>>;

  private readonly key?: kms.IKey;

  constructor(scope: Construct, id: string, { key, profile = PRODUCTION }: NoticeBoardProps = {}) {
    super(scope, id);
    this.key = key;
    this.table = new dynamodb.TableV2(this, 'Notices', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: profile.backupRetention.toDays(),
      },
      deletionProtection: profile.deletionProtection,
      removalPolicy: profile.removalPolicy,
    });
    this.secret = new secretsmanager.Secret(this, 'PostToken', {
      description: `The token for posting on ${this.node.path}`,
      encryptionKey: key,
      // It goes into a header as it is.
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
      removalPolicy: profile.removalPolicy,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Those who post know the token, and the application reads it when it starts: a rotation that tells neither would lock them out. The README says how to put a new one.',
    });
    this.environment = { TABLE_NAME: this.table.tableName };
  }

  /** Lets the application read, write and delete notices, and see whether the table answers. */
  grantTo(application: iam.IGrantable): void {
    iam.Grant.addToPrincipal({
      grantee: application,
      actions: [
        'dynamodb:DeleteItem',
        'dynamodb:DescribeTable',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
      ],
      resourceArns: [this.table.tableArn],
    });
  }

  /** Lets servers read the token. A container is given it by ECS. */
  grantReadToken(reader: iam.IGrantable): void {
    grantReadSecret(reader, this.secret, this.key);
  }
}
