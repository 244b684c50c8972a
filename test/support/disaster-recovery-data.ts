import { expect } from 'vitest';
import { resourcesOf, type StackTemplate, theOnly } from './apps';
import { PRIMARY_REGION, type RecoveryTemplates, STANDBY_REGION } from './disaster-recovery';
import { readable } from './disaster-recovery-parts';
import { referenceTo } from './disaster-recovery-references';
import { type Statement, serverRoleOf, statementsOf, textOf } from './fleet';

/** The key in the stacks that have one. */
export const KEY = { 'Fn::GetAtt': ['Key9BCD29C7', 'Arn'] };

/** The key of a region, as a stack of the region refers to it. */
export const keyIn = ({ base }: RecoveryTemplates, template: StackTemplate) =>
  'Key9BCD29C7' in template.Resources ? KEY : referenceTo(base, KEY);

/** The database in production is kept and doubled, in a sandbox it goes with its stack. */
function databaseOf(template: StackTemplate, { profile }: RecoveryTemplates) {
  const { DeletionPolicy, Properties, UpdateReplacePolicy } = theOnly(template, 'AWS::RDS::DBInstance');
  const policy = profile.deletionProtection ? 'Snapshot' : 'Delete';
  expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
  expect(Properties).toMatchObject({
    DBInstanceIdentifier: 'shop-database',
    DBInstanceClass: `db.${profile.databaseInstanceType}`,
    MultiAZ: profile.multiAz,
    DeletionProtection: profile.deletionProtection,
    DeleteAutomatedBackups: !profile.deletionProtection,
    DBParameterGroupName: { Ref: theOnly(template, 'AWS::RDS::DBParameterGroup').id },
    DBSubnetGroupName: { Ref: theOnly(template, 'AWS::RDS::DBSubnetGroup').id },
    VPCSecurityGroups: [expect.anything()],
  });
  expect(theOnly(template, 'AWS::RDS::DBParameterGroup').Properties.Parameters).toMatchObject({
    require_secure_transport: '1',
  });
  return Properties;
}

/** The primary's own database, which can have a replica, and whose password is not one that RDS manages. */
export function expectSource(system: RecoveryTemplates): void {
  const { primary, profile } = system;
  const database = databaseOf(primary, system);
  const secret = theOnly(primary, 'AWS::SecretsManager::Secret');
  expect(database).toMatchObject({
    BackupRetentionPeriod: profile.backupRetention.toDays(),
    StorageEncrypted: true,
    KmsKeyId: KEY,
    MasterUsername: 'admin',
    PreferredBackupWindow: '18:30-19:00',
    PreferredMaintenanceWindow: 'Sun:19:00-Sun:19:30',
  });
  expect(Number(database.BackupRetentionPeriod)).toBeGreaterThan(0);
  expect(textOf(database.MasterUserPassword)).toBe(
    `{{resolve:secretsmanager:<${secret.id}>:SecretString:password::}}`,
  );
  expect(database).not.toHaveProperty('ManageMasterUserPassword');
}

/** A replica of the primary's database, which knows its source by a name alone. */
export function expectReplica(system: RecoveryTemplates): void {
  const { standby } = system;
  const database = databaseOf(standby, system);
  expect(readable(database.SourceDBInstanceIdentifier)).toBe(
    `arn:aws:rds:${PRIMARY_REGION}:<AWS::AccountId>:db:shop-database`,
  );
  expect(database).toMatchObject({ SourceRegion: PRIMARY_REGION, KmsKeyId: keyIn(system, standby) });
  // What it has from its source must not be said, and a replica that has backups of its own can't be made.
  for (const property of [
    'AllocatedStorage',
    'BackupRetentionPeriod',
    'DBName',
    'Engine',
    'EngineVersion',
    'MasterUsername',
    'MasterUserPassword',
    'StorageEncrypted',
  ]) {
    expect(database).not.toHaveProperty(property);
  }
  expect(resourcesOf(standby, 'AWS::SecretsManager::Secret')).toEqual({});
}

/** A database of the copy that a parameter names, with the login and the size that the copy has. */
export function expectRestored(system: RecoveryTemplates): void {
  const { profile, site, standby } = system;
  const database = databaseOf(site, system);
  const { Ref: given = '' } = database.DBSnapshotIdentifier as { Ref?: string };
  expect(nestedParameters(standby)[given]).toEqual({ Ref: parameterNamed(standby, '/shop/database-copy') });
  expect(database.BackupRetentionPeriod).toBe(profile.backupRetention.toDays());
  for (const property of [
    'AllocatedStorage',
    'DBName',
    'KmsKeyId',
    'MasterUsername',
    'MasterUserPassword',
    'SourceDBInstanceIdentifier',
    'StorageEncrypted',
  ]) {
    expect(database).not.toHaveProperty(property);
  }
}

/** What a stack gives the one that is nested in it. */
export const nestedParameters = (template: StackTemplate) =>
  theOnly(template, 'AWS::CloudFormation::Stack').Properties.Parameters as Record<string, unknown>;

/** The template's parameter that each deployment reads from Parameter Store under a name. */
export function parameterNamed(template: StackTemplate, name: string): string {
  const [found] = Object.entries(template.Parameters ?? {}).filter(
    ([, parameter]) =>
      parameter.Default === name &&
      'Type' in parameter &&
      parameter.Type === 'AWS::SSM::Parameter::Value<String>',
  );
  if (!found) throw new Error(`no parameter reads ${name}`);
  return found[0];
}

/** The login is replicated under the other region's key; each region's servers may read the one of their region. */
export function expectLogin(system: RecoveryTemplates): void {
  const { base, primary, profile, site } = system;
  const secret = theOnly(primary, 'AWS::SecretsManager::Secret');
  expect(secret.Properties).toMatchObject({
    Name: 'shop/database',
    KmsKeyId: KEY,
    ReplicaRegions: [{ Region: STANDBY_REGION, KmsKeyId: 'alias/shop' }],
  });
  const policy = profile.deletionProtection ? 'Retain' : 'Delete';
  expect([secret.DeletionPolicy, secret.UpdateReplacePolicy]).toEqual([policy, policy]);
  expect(theOnly(base, 'AWS::KMS::Alias').Properties).toEqual({ AliasName: 'alias/shop', TargetKeyId: KEY });
  const attachment = theOnly(primary, 'AWS::SecretsManager::SecretTargetAttachment').id;
  const standby = `arn:aws:secretsmanager:${STANDBY_REGION}:<AWS::AccountId>:secret:shop/database`;
  for (const [template, region, read, told] of [
    [primary, PRIMARY_REGION, `<${attachment}>`, `<${attachment}>`],
    [site, STANDBY_REGION, `${standby}-??????`, standby],
  ] as const) {
    const statements = statementsOf(template, serverRoleOf(template));
    const reads = statements.filter(({ Action }) => String(Action).includes('secretsmanager:'));
    expect(reads.map(({ Action, Resource }) => [Action, readable(textual(Resource))])).toEqual([
      [['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], read],
    ]);
    expect(decryptsVia(statements, `secretsmanager.${region}.amazonaws.com`)).toEqual([
      keyIn(system, template),
    ]);
    expect(bootLines(template)).toContain(`DATABASE_SECRET_ARN=${told}`);
  }
}

/** A value as text, in the partition aws. */
export const textual = (value: unknown) => textOf(value).replaceAll('<AWS::Partition>', 'aws');

/** The lines of the script that servers run at their first boot. */
export const bootLines = (template: StackTemplate) => {
  const { UserData } = theOnly(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData as {
    UserData: unknown;
  };
  return textual(UserData).split('\n');
};

/** The keys that statements let somebody decrypt with, by way of a service. */
function decryptsVia(statements: readonly Statement[], service: string): unknown[] {
  return statements
    .filter(({ Action }) => [Action].flat().includes('kms:Decrypt'))
    .filter(
      ({ Condition }) => JSON.stringify(Condition) === `{"StringEquals":{"kms:ViaService":"${service}"}}`,
    )
    .map(({ Resource }) => Resource);
}
