import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { MYSQL } from './versions';

/** The master user's name. */
export const MASTER_USER = 'admin';

/** What a database instance is, wherever it comes from. */
export interface MySqlInstanceProps {
  /** What RDS takes for new instances, replicas and restored ones alike. */
  readonly common: rds.DatabaseInstanceNewProps & { readonly instanceType: ec2.InstanceType };

  readonly databaseName: string;

  /** GiB. */
  readonly allocatedStorage: number;

  /**
   * The key of the storage and the secret.
   *
   * @default - the account's own keys
   */
  readonly key?: kms.IKey;
}

/** An instance, and the login of its master user. */
export interface MySqlInstance {
  readonly instance: rds.IDatabaseInstance;
  readonly secret: secretsmanager.ISecret;
}

/** Makes a database instance as `scope`'s child `Instance`, from what it is made of. */
export type MySqlOrigin = (scope: Construct, props: MySqlInstanceProps) => MySqlInstance;

/** What an empty database is made of, besides its login. */
export function emptyDatabase({ allocatedStorage, common, databaseName, key }: MySqlInstanceProps) {
  return {
    ...common,
    engine: MYSQL,
    databaseName,
    allocatedStorage,
    storageEncrypted: true,
    storageEncryptionKey: key,
  } satisfies rds.DatabaseInstanceProps;
}

/**
 * An empty database with a master password that RDS makes, keeps in Secrets Manager and rotates every seven days
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html). No function is needed for
 * the rotation, so that the tier stays without a way out. Such a database can have no read replica.
 */
export const managedPassword: MySqlOrigin = (scope, props) => {
  const instance = new rds.DatabaseInstance(scope, 'Instance', {
    ...emptyDatabase(props),
    manageMasterUserPassword: true,
    credentials: rds.Credentials.fromUsername(MASTER_USER, { encryptionKey: props.key }),
  });
  return { instance, secret: secretOf(instance) };
};

/** The secret that aws-rds made for an instance. */
export function secretOf({ node, secret }: rds.DatabaseInstance): secretsmanager.ISecret {
  if (!secret) throw new Error(`${node.path}: aws-rds made no secret for the master user`);
  return secret;
}
