import { Validations } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  emptyDatabase,
  MASTER_USER,
  type MySqlInstance,
  type MySqlOrigin,
  secretOf,
} from '../building-blocks/mysql-origin';
import { MYSQL } from '../building-blocks/versions';
import type { Profile } from '../profile';
import { DATABASE_WINDOWS } from './copy-times';
import type { SystemNames } from './system-names';

/**
 * An empty database whose login Secrets Manager replicates to the standby's region, encrypted there with that region's key.
 *
 * Not with the password that RDS manages, since RDS makes no replica of such a database:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
 */
export function withReplicatedSecret(names: SystemNames, { removalPolicy }: Profile): MySqlOrigin {
  return (scope, props) => {
    const instance = new rds.DatabaseInstance(scope, 'Instance', {
      ...emptyDatabase(props),
      ...DATABASE_WINDOWS,
      credentials: rds.Credentials.fromGeneratedSecret(MASTER_USER, {
        secretName: names.secret,
        encryptionKey: props.key,
      }),
    });
    const secret = instance.node.findChild('Secret') as rds.DatabaseSecret;
    // Without it, a snapshot that is left behind could not be opened.
    secret.applyRemovalPolicy(removalPolicy);
    const resource = secret.node.defaultChild as secretsmanager.CfnSecret;
    resource.replicaRegions = [{ region: names.standbyRegion, kmsKeyId: names.keyAlias }];
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'A rotation reaches the standby twice, by the replicated secret and by the replicated database. A region that is lost in between would leave a password that opens nothing. The README says how to rotate by hand.',
    });
    return { instance, secret: secretOf(instance) };
  };
}

/**
 * A read replica of the other region's database, encrypted with this region's key.
 *
 * The source is named by its ARN, which is known beforehand. What a replica has from its source must not be said, that it
 * is encrypted least of all, which aws-rds would say; backups begin with its promotion:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
 */
export function replicaOf(names: SystemNames, sourceRegion: string): MySqlOrigin {
  return (scope, { common, key }) => {
    const instance = new rds.DatabaseInstanceReadReplica(scope, 'Instance', {
      ...common,
      backupRetention: undefined,
      sourceDatabaseInstance: rds.DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Source', {
        instanceIdentifier: names.databaseArn(sourceRegion),
        instanceEndpointAddress: '',
        port: 3306,
        securityGroups: [],
      }),
      storageEncryptionKey: key,
    });
    const resource = instance.node.defaultChild as rds.CfnDBInstance;
    resource.sourceDbInstanceIdentifier = names.databaseArn(sourceRegion);
    resource.sourceRegion = sourceRegion;
    resource.storageEncrypted = undefined;
    return withSecretOf(names, scope, instance);
  };
}

/** A database that is restored from a snapshot, with the login and under the key that it had: the key of the vault. */
export function restoredFrom(names: SystemNames, snapshotArn: string): MySqlOrigin {
  return (scope, { common }) => {
    const instance = new rds.DatabaseInstanceFromSnapshot(scope, 'Instance', {
      ...common,
      engine: MYSQL,
      snapshotIdentifier: snapshotArn,
    });
    // As large as the copy is: RDS may have enlarged the original.
    (instance.node.defaultChild as rds.CfnDBInstance).allocatedStorage = undefined;
    return withSecretOf(names, scope, instance);
  };
}

/** The login that the secret's replica in this region holds. */
function withSecretOf(names: SystemNames, scope: Construct, instance: rds.IDatabaseInstance): MySqlInstance {
  Validations.of(instance).acknowledge({
    id: 'AwsSolutions::AwsSolutions-RDS2',
    reason:
      'Its storage is encrypted as that of its origin is, and RDS refuses to be told so once more: a replica under the key that is named, a restored one under that of the copy.',
  });
  return { instance, secret: secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', names.secret) };
}
