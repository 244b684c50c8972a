import assert from 'node:assert/strict';
import {
  type DBInstance,
  DescribeDBInstancesCommand,
  paginateDescribeDBParameters,
} from '@aws-sdk/client-rds';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { DeployedStack } from '../../support/stacks';
import { ingressOf, subnetsOf, tierOf } from './network';

async function databaseOf({ aws, idOf }: DeployedStack): Promise<DBInstance> {
  const DBInstanceIdentifier = await idOf('AWS::RDS::DBInstance');
  const { DBInstances } = await aws.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  const instance = DBInstances?.[0];
  if (!instance) throw new Error(`RDS does not know ${DBInstanceIdentifier}`);
  return instance;
}

/** Shows that only a server with one of these security groups reaches the database. */
export async function onlyServersReachDatabase(
  stack: DeployedStack,
  serverGroups: readonly string[],
): Promise<void> {
  const { VpcSecurityGroups = [] } = await databaseOf(stack);
  const groups = VpcSecurityGroups.map(({ VpcSecurityGroupId = '' }) => VpcSecurityGroupId);
  assert.equal(groups.length, 1);
  const rules = await ingressOf(stack, groups);
  assert.equal(rules.length, 1);
  const allowed = serverGroups.map((group) => `${group}:3306`);
  assert.ok(allowed.includes(rules[0] ?? ''), `${rules[0]} is none of ${allowed}`);
}

/** Shows that the database is MySQL 8.4 in the database tier, private, encrypted and for TLS only. */
export async function database(stack: DeployedStack): Promise<void> {
  const { Engine, EngineVersion, PubliclyAccessible, StorageEncrypted, DBSubnetGroup, DBParameterGroups } =
    await databaseOf(stack);
  assert.deepEqual(
    { Engine, PubliclyAccessible, StorageEncrypted },
    { Engine: 'mysql', PubliclyAccessible: false, StorageEncrypted: true },
  );
  assert.match(EngineVersion ?? '', /^8\.4\./);
  const subnets = await subnetsOf(stack);
  const placed = DBSubnetGroup?.Subnets?.map(({ SubnetIdentifier }) =>
    tierOf(subnets.find(({ SubnetId }) => SubnetId === SubnetIdentifier)),
  );
  assert.deepEqual(placed, ['Database', 'Database']);
  const DBParameterGroupName = await stack.idOf('AWS::RDS::DBParameterGroup');
  assert.deepEqual(
    DBParameterGroups?.map((group) => group.DBParameterGroupName),
    [DBParameterGroupName],
  );
  assert.equal(await parameterOf(stack, DBParameterGroupName, 'require_secure_transport'), '1');
}

/** The value of a parameter; a group of MySQL has several hundred, in pages of a hundred. */
async function parameterOf(
  { aws }: DeployedStack,
  DBParameterGroupName: string,
  name: string,
): Promise<string | undefined> {
  for await (const { Parameters = [] } of paginateDescribeDBParameters(
    { client: aws.rds },
    { DBParameterGroupName },
  )) {
    const found = Parameters.find(({ ParameterName }) => ParameterName === name);
    if (found) return found.ParameterValue;
  }
  return undefined;
}

/** Shows that the secret in the stack's outputs has the master user's name and password. */
export async function databaseSecret({ aws, outputs }: DeployedStack): Promise<void> {
  const { SecretString = '{}' } = await aws.secrets.send(
    new GetSecretValueCommand({ SecretId: outputs.DatabaseSecretArn }),
  );
  const { username, password } = JSON.parse(SecretString) as Record<string, string>;
  assert.equal(username, 'admin');
  // Not assert.match: its message would print the password.
  assert.ok(password && password.length >= 8, 'the password has fewer than 8 characters');
}
