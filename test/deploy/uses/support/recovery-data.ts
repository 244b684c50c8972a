import assert from 'node:assert/strict';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type Parameter } from '@aws-sdk/client-ssm';
import type { SystemNames } from '../../../../lib/disaster-recovery/system-names';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { loadBalancerOf } from './load-balancer';
import { inBoth, twoRegions } from './two-regions';

/** The database of a region, under the name that it has in both. */
export async function databaseIn({ aws }: DeployedStack, names: SystemNames): Promise<DBInstance> {
  const { DBInstances = [] } = await aws.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: names.database }),
  );
  const [instance] = DBInstances;
  assert.ok(instance, `${aws.region} has no ${names.database}`);
  return instance;
}

/** A parameter of a region. */
export async function parameterIn({ aws }: DeployedStack, Name: string): Promise<Parameter> {
  const { Parameter: found = {} } = await aws.ssm.send(new GetParameterCommand({ Name }));
  return found;
}

/** The ARN of a region's key: the system's, by the alias that both regions know, or the one that another name means. */
export async function keyOf(
  { aws }: DeployedStack,
  { keyAlias }: SystemNames,
  KeyId: string | undefined = keyAlias,
): Promise<string> {
  const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId }));
  return KeyMetadata?.Arn ?? '';
}

/**
 * Shows that the database of one region is a replica of the other's, that both know of it, and that each is encrypted with
 * the key of its own region.
 */
export async function replicates(
  stack: DeployedStack,
  from: 'primary' | 'standby',
  to: 'primary' | 'standby',
): Promise<void> {
  const { names, regions } = await twoRegions(stack);
  const [source, replica] = await until(`a replica in the ${to}`, async () => {
    const both = [await databaseIn(regions[from], names), await databaseIn(regions[to], names)] as const;
    return both.every(({ DBInstanceStatus }) => DBInstanceStatus === 'available') ? both : undefined;
  });
  assert.equal(replica.ReadReplicaSourceDBInstanceIdentifier, source.DBInstanceArn);
  assert.deepEqual(source.ReadReplicaDBInstanceIdentifiers, [replica.DBInstanceArn]);
  assert.equal(source.ReadReplicaSourceDBInstanceIdentifier, undefined);
  for (const [which, instance] of [[from, source] as const, [to, replica] as const]) {
    const { KmsKeyId, PubliclyAccessible, StorageEncrypted } = instance;
    assert.deepEqual(
      { KmsKeyId, PubliclyAccessible, StorageEncrypted },
      { KmsKeyId: await keyOf(regions[which], names), PubliclyAccessible: false, StorageEncrypted: true },
    );
  }
  // A replica has backups of its own from its promotion on, which a later replica of it needs.
  assert.ok((source.BackupRetentionPeriod ?? 0) > 0, 'the source has no backups');
}

/** Shows that both regions read the same login under the same name, encrypted with the key of each. */
export async function secrets(stack: DeployedStack): Promise<void> {
  const { names, primary, standby } = await twoRegions(stack);
  const read = async ({ aws }: DeployedStack) => {
    const { SecretString = '{}' } = await aws.secrets.send(
      new GetSecretValueCommand({ SecretId: names.secret }),
    );
    return JSON.parse(SecretString) as Record<string, string>;
  };
  const [here, there] = [await read(primary), await read(standby)];
  assert.equal(here.username, 'admin');
  // Not assert.equal: its message would print the password.
  assert.ok(here.password && here.password.length >= 8, 'the password has fewer than 8 characters');
  assert.ok(here.password === there.password, 'the passwords are not the same');
  assert.equal(there.username, here.username);
  const { PrimaryRegion, ReplicationStatus = [] } = await primary.aws.secrets.send(
    new DescribeSecretCommand({ SecretId: names.secret }),
  );
  assert.equal(PrimaryRegion ?? primary.aws.region, primary.aws.region);
  assert.deepEqual(
    ReplicationStatus.map(({ KmsKeyId, Region, Status }) => ({ KmsKeyId, Region, Status })),
    [{ KmsKeyId: names.keyAlias, Region: standby.aws.region, Status: 'InSync' }],
  );
}

/** Shows that the parameters of both regions lead to what is there, under the names that the other one knows. */
export async function parameters(stack: DeployedStack): Promise<void> {
  const { names, standby } = await twoRegions(stack);
  await inBoth(stack, async (region) => {
    const { Endpoint } = await databaseIn(region, names);
    const { DNSName } = await loadBalancerOf(region);
    assert.equal((await parameterIn(region, names.databaseHostParameter)).Value, Endpoint?.Address);
    assert.equal((await parameterIn(region, names.loadBalancerParameter)).Value, DNSName);
  });
  for (const [parameter, value] of [
    [names.activeRegionParameter, names.primaryRegion],
    [names.standbyCapacityParameter, '1'],
    [names.databaseCopyParameter, 'none'],
  ] as const)
    assert.equal((await parameterIn(standby, parameter)).Value, value, parameter);
}
