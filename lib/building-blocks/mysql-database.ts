import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import type { Monitoring } from './monitoring';
import type { Problems } from './problems';
import { MYSQL } from './versions';

/** The port on which the database listens. A literal, so that a rule can be read without the instance. */
export const MYSQL_PORT = ec2.Port.tcp(3306);

/** The choices about a MySQL database that patterns hand on to their users. */
export interface MySqlDatabaseOptions {
  /**
   * The size of the database instance, without the `db.` prefix.
   *
   * @default - what the profile says
   */
  readonly databaseInstanceType?: ec2.InstanceType;

  /**
   * The name of the first schema: 1 to 64 letters and digits, starting with a letter.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * The storage to begin with, in GiB of gp3: 20 to 65536
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html).
   *
   * @default 20
   */
  readonly allocatedStorage?: number;

  /**
   * How far RDS may grow the storage by itself, in GiB: at least 26 % above `allocatedStorage`, as RDS advises
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html). Storage never shrinks.
   *
   * @default - five times allocatedStorage, at most 65536
   */
  readonly maxAllocatedStorage?: number;

  /**
   * The number of connections that MySQL accepts, 1 to 100000. It is set explicitly, so that the alarm on
   * connections knows the limit. MySQL's own formula gives an instance of 1 GiB 85 at most, less what RDS itself
   * needs (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html); raise it with the size.
   *
   * @default 60
   */
  readonly maxConnections?: number;

  /**
   * Whether a standby waits in a second zone.
   *
   * @default - what the pattern says
   */
  readonly multiAz?: boolean;
}

/** Properties of MySqlDatabase. */
export interface MySqlDatabaseProps extends MySqlDatabaseOptions {
  readonly vpc: ec2.IVpc;

  /** The isolated tier, over at least two zones. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /**
   * The key that encrypts the storage and the master user's secret.
   *
   * @default - the account's own keys, aws/rds and aws/secretsmanager
   */
  readonly key?: kms.IKey;

  /**
   * Sizes, backups, protection and removal policy.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;
}

/**
 * MySQL on RDS, as the patterns of this repository run it: in an isolated tier, encrypted, reachable over TLS only,
 * with a master password that RDS makes, keeps in Secrets Manager and rotates every seven days
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html). No function is needed for
 * the rotation, so that the tier stays without a way out.
 */
export class MySqlDatabase extends Construct implements ec2.IConnectable {
  /** The database instance. */
  readonly instance: rds.DatabaseInstance;

  /** The master user's name and password. */
  readonly secret: secretsmanager.ISecret;

  /** Opens the database to others: `database.connections.allowFrom(server, MYSQL_PORT)`. */
  readonly connections: ec2.Connections;

  /** The schema's name. */
  readonly databaseName: string;

  /** The storage at creation, in GiB. */
  readonly allocatedStorage: number;

  /** The number of connections that MySQL accepts. */
  readonly maxConnections: number;

  constructor(scope: Construct, id: string, props: MySqlDatabaseProps) {
    super(scope, id);
    const profile = props.profile ?? PRODUCTION;
    this.databaseName = props.databaseName ?? 'app';
    this.allocatedStorage = props.allocatedStorage ?? 20;
    this.maxConnections = props.maxConnections ?? 60;

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Database tier',
      allowAllOutbound: false,
    });
    const parameterGroup = new rds.ParameterGroup(this, 'ParameterGroup', {
      engine: MYSQL,
      description: 'TLS only, with a known limit of connections',
      parameters: { require_secure_transport: '1', max_connections: String(this.maxConnections) },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      engine: MYSQL,
      instanceType: props.databaseInstanceType ?? profile.databaseInstanceType,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      subnetGroup: new rds.SubnetGroup(this, 'SubnetGroup', {
        vpc: props.vpc,
        vpcSubnets: props.vpcSubnets,
        description: 'The isolated subnets of two zones',
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      securityGroups: [securityGroup],
      publiclyAccessible: false,
      multiAz: props.multiAz ?? profile.multiAz,
      port: 3306,
      databaseName: this.databaseName,
      manageMasterUserPassword: true,
      credentials: rds.Credentials.fromUsername('admin', { encryptionKey: props.key }),
      parameterGroup,
      storageType: rds.StorageType.GP3,
      allocatedStorage: this.allocatedStorage,
      maxAllocatedStorage: props.maxAllocatedStorage ?? Math.min(this.allocatedStorage * 5, 65536),
      storageEncrypted: true,
      storageEncryptionKey: props.key,
      backupRetention: profile.backupRetention,
      deleteAutomatedBackups: !profile.deletionProtection,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: profile.deletionProtection,
      removalPolicy: profile.databaseRemovalPolicy,
    });
    this.connections = this.instance.connections;
    const { secret } = this.instance;
    if (!secret) throw new Error(`${this.node.path}: aws-rds made no secret for the managed password`);
    this.secret = secret;
  }

  /** Adds the alarms on storage and connections, and their graphs. */
  addMonitoring(monitoring: Monitoring): void {
    const freeStorage = this.instance.metricFreeStorageSpace({ statistic: 'Minimum' });
    const connections = this.instance.metricDatabaseConnections({ statistic: 'Maximum' });
    monitoring.addAlarm('DatabaseStorageLow', {
      alarmDescription: `The database has less than 10 % of its first ${this.allocatedStorage} GiB free. RDS should have enlarged it: look at maxAllocatedStorage.`,
      metric: freeStorage,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: this.allocatedStorage * 2 ** 30 * 0.1,
      evaluationPeriods: 3,
    });
    monitoring.addAlarm('DatabaseConnectionsHigh', {
      alarmDescription: `The database has 80 % of its ${this.maxConnections} connections in use. Raise maxConnections or the instance type.`,
      metric: connections,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: Math.ceil(this.maxConnections * 0.8),
      evaluationPeriods: 3,
    });
    monitoring.dashboard.addWidgets(
      new cloudwatch.GraphWidget({ title: 'Database: connections', left: [connections], width: 8 }),
      new cloudwatch.GraphWidget({
        title: 'Database: CPU',
        left: [this.instance.metricCPUUtilization()],
        leftYAxis: { min: 0, max: 100 },
        width: 8,
      }),
      new cloudwatch.GraphWidget({ title: 'Database: free storage', left: [freeStorage], width: 8 }),
    );
  }

  /** Adds to `problems` what can't be honoured in `options`. */
  static check(options: MySqlDatabaseOptions, problems: Problems): void {
    const { allocatedStorage = 20, maxAllocatedStorage, maxConnections = 60, databaseName = 'app' } = options;
    if (!Token.isUnresolved(allocatedStorage) && !isWholeNumber(allocatedStorage, 20, 65536)) {
      problems.add(
        'allocatedStorage',
        allocatedStorage,
        'is no size of gp3 storage; give whole GiB, 20 to 65536.',
      );
    }
    if (
      maxAllocatedStorage !== undefined &&
      !Token.isUnresolved(maxAllocatedStorage) &&
      !isWholeNumber(maxAllocatedStorage, Math.ceil(allocatedStorage * 1.26), 65536)
    ) {
      problems.add(
        'maxAllocatedStorage',
        maxAllocatedStorage,
        `leaves no room to grow; give whole GiB, at least 26 % above allocatedStorage (${allocatedStorage}), at most 65536.`,
      );
    }
    if (!Token.isUnresolved(maxConnections) && !isWholeNumber(maxConnections, 1, 100_000)) {
      problems.add('maxConnections', maxConnections, 'is no limit that MySQL takes; give 1 to 100000.');
    }
    if (!Token.isUnresolved(databaseName) && !/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(databaseName)) {
      problems.add(
        'databaseName',
        databaseName,
        'is no name that RDS takes; give 1 to 64 letters and digits, starting with a letter.',
      );
    }
  }
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
