import { RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import type { Monitoring } from './monitoring';
import {
  DEFAULT_CONNECTIONS,
  DEFAULT_DATABASE_NAME,
  DEFAULT_STORAGE,
  MAX_STORAGE,
  type MySqlDatabaseOptions,
  STORAGE_HEADROOM,
} from './mysql-database-options';
import { addMySqlMonitoring } from './mysql-monitoring';
import { type MySqlOrigin, managedPassword } from './mysql-origin';
import { grantReadSecret } from './read-secret';
import { MYSQL } from './versions';

/** The port on which the database listens. A literal, so that a rule can be read without the instance. */
export const MYSQL_PORT = ec2.Port.tcp(3306);

/** Properties of MySqlDatabase. */
export interface MySqlDatabaseProps extends MySqlDatabaseOptions {
  readonly vpc: ec2.IVpc;

  /** Subnets of at least two zones, isolated ones where the network has them. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /**
   * The key that encrypts the storage and the master user's secret.
   *
   * @default - the account's own keys, aws/rds and aws/secretsmanager
   */
  readonly key?: kms.IKey;

  /**
   * Where the database and its login come from.
   *
   * @default - an empty database, whose password RDS makes and rotates
   */
  readonly origin?: MySqlOrigin;

  /**
   * The instance's identifier, for what must know it before it is there. CloudFormation can't replace an instance by one
   * of the same name.
   *
   * @default - one that CloudFormation makes up
   */
  readonly instanceIdentifier?: string;

  /**
   * Sizes, backups, protection and removal policy.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;
}

/**
 * MySQL on RDS, as the patterns of this repository run it: in an isolated tier, encrypted, reachable over TLS only, with a
 * master password that nobody has typed.
 */
export class MySqlDatabase extends Construct implements ec2.IConnectable {
  /** The database instance. */
  readonly instance: rds.IDatabaseInstance;

  /** The master user's name and password. */
  readonly secret: secretsmanager.ISecret;

  /** Opens the database to others: `database.connections.allowFrom(server, MYSQL_PORT)`. */
  readonly connections: ec2.Connections;

  /** The schema's name. */
  readonly databaseName: string;

  /** The storage at creation, in GiB. */
  readonly allocatedStorage: number;

  /** How far RDS may grow the storage by itself, in GiB; `undefined` where it may not. */
  readonly maxAllocatedStorage?: number;

  /** The subnets in which the database may be. */
  readonly subnetGroup: rds.SubnetGroup;

  /** The settings of MySQL. */
  readonly parameterGroup: rds.ParameterGroup;

  /** The number of connections that MySQL accepts. */
  readonly maxConnections: number;

  private readonly key?: kms.IKey;

  constructor(scope: Construct, id: string, props: MySqlDatabaseProps) {
    super(scope, id);
    this.key = props.key;
    const profile = props.profile ?? PRODUCTION;
    this.databaseName = props.databaseName ?? DEFAULT_DATABASE_NAME;
    this.allocatedStorage = props.allocatedStorage ?? DEFAULT_STORAGE;
    this.maxAllocatedStorage = props.maxAllocatedStorage ?? defaultMaxAllocatedStorage(this.allocatedStorage);
    this.maxConnections = props.maxConnections ?? DEFAULT_CONNECTIONS;

    const instanceType = props.databaseInstanceType ?? profile.databaseInstanceType;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Database tier',
      allowAllOutbound: false,
    });
    this.parameterGroup = new rds.ParameterGroup(this, 'ParameterGroup', {
      engine: MYSQL,
      description: 'TLS only, with a known limit of connections',
      parameters: { require_secure_transport: '1', max_connections: String(this.maxConnections) },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.subnetGroup = new rds.SubnetGroup(this, 'SubnetGroup', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      description: 'The isolated subnets of two zones',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { instance, secret } = (props.origin ?? managedPassword)(this, {
      common: {
        instanceIdentifier: props.instanceIdentifier,
        instanceType,
        vpc: props.vpc,
        vpcSubnets: props.vpcSubnets,
        subnetGroup: this.subnetGroup,
        securityGroups: [securityGroup],
        publiclyAccessible: false,
        multiAz: props.multiAz ?? profile.multiAz,
        port: 3306,
        parameterGroup: this.parameterGroup,
        storageType: rds.StorageType.GP3,
        maxAllocatedStorage: this.maxAllocatedStorage,
        backupRetention: profile.backupRetention,
        deleteAutomatedBackups: !profile.deletionProtection,
        copyTagsToSnapshot: true,
        autoMinorVersionUpgrade: true,
        deletionProtection: profile.deletionProtection,
        removalPolicy: profile.databaseRemovalPolicy,
        ...(hasInsights(instanceType) && {
          databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
          enablePerformanceInsights: true,
          performanceInsightEncryptionKey: props.key,
        }),
      },
      databaseName: this.databaseName,
      allocatedStorage: this.allocatedStorage,
      key: props.key,
    });
    this.instance = instance;
    this.secret = secret;
    this.connections = instance.connections;
    this.acknowledge(profile);
  }

  /** Lets a principal read the master user's secret. */
  grantReadSecret(grantee: iam.IGrantable): void {
    grantReadSecret(grantee, this.secret, this.key);
  }

  /** What an application needs to connect, for its environment. The password stays in the secret. */
  describe(): Record<string, string> {
    return {
      DATABASE_HOST: this.instance.dbInstanceEndpointAddress,
      DATABASE_PORT: this.instance.dbInstanceEndpointPort,
      DATABASE_NAME: this.databaseName,
      DATABASE_SECRET_ARN: this.secret.secretArn,
    };
  }

  /** Adds the alarms on storage and connections, and their graphs. */
  addMonitoring(monitoring: Monitoring): void {
    addMySqlMonitoring(monitoring, this);
  }

  private acknowledge({ deletionProtection }: Profile): void {
    Validations.of(this.instance).acknowledge({
      id: 'AwsSolutions::AwsSolutions-RDS11',
      reason: 'Another port would hide nothing: the rules of the security group say who reaches this one.',
    });
    if (!deletionProtection) {
      Validations.of(this.instance).acknowledge({
        id: 'AwsSolutions::AwsSolutions-RDS10',
        reason: 'A sandbox must go away when it is destroyed; the production profile protects it.',
      });
    }
  }
}

/** Acknowledges, for patterns that are redundant by their profile, that a database has no standby. */
export function acknowledgeSingleZone({ instance }: MySqlDatabase, multiAz: boolean): void {
  if (multiAz) return;
  Validations.of(instance).acknowledge({
    id: 'AwsSolutions::AwsSolutions-RDS3',
    reason: 'The sandbox does without a standby, which costs as much again; the production profile has one.',
  });
}

/** RDS wants room above the storage at the start; where there is none left, or the size is not known yet, it stays. */
function defaultMaxAllocatedStorage(allocatedStorage: number): number | undefined {
  if (Token.isUnresolved(allocatedStorage)) return undefined;
  const size = Math.min(allocatedStorage * 5, MAX_STORAGE);
  return size >= allocatedStorage * STORAGE_HEADROOM ? size : undefined;
}

/**
 * Whether RDS for MySQL has Database Insights for an instance of this size: not for burstable ones of less than 4 GiB
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html). The standard mode,
 * which keeps seven days, costs nothing.
 */
function hasInsights(instanceType: ec2.InstanceType): boolean {
  return (
    !Token.isUnresolved(instanceType.toString()) && !/^t\w+\.(micro|small)$/.test(instanceType.toString())
  );
}
