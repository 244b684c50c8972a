import { expect } from 'vitest';
import { resourcesOf, type StackTemplate, theOnly } from './apps';
import { PRIMARY_REGION, type RecoveryTemplates, STANDBY_REGION } from './disaster-recovery';
import { bootLines, KEY, keyIn, textual } from './disaster-recovery-data';
import { named, readable } from './disaster-recovery-parts';
import { permissionsOf, serverRoleOf, statementsOf } from './fleet';

const bucketIn = (region: string) => `arn:aws:s3:::shop-files-<AWS::AccountId>-${region}`;

/** The rule by which a bucket replicates to the one of the other region. */
const ruleTo = (region: string) => ({
  Priority: 1,
  Status: 'Enabled',
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Enabled' },
  SourceSelectionCriteria: {
    SseKmsEncryptedObjects: { Status: 'Enabled' },
    ReplicaModifications: { Status: 'Enabled' },
  },
  Destination: {
    Bucket: bucketIn(region),
    EncryptionConfiguration: { ReplicaKmsKeyID: `arn:aws:kms:${region}:<AWS::AccountId>:alias/shop` },
    Metrics: { Status: 'Enabled' },
  },
});

/** Both buckets of files: versioned, under their region's key, and each replicating to the other. */
export function expectFiles(system: RecoveryTemplates): void {
  const { base, primary, profile, standby } = system;
  for (const [template, region] of [
    [primary, PRIMARY_REGION],
    [base, STANDBY_REGION],
  ] as const) {
    const bucket = named(resourcesOf(template, 'AWS::S3::Bucket'), 'FilesBucket');
    expect(textual(bucket.Properties.BucketName)).toBe(`shop-files-<AWS::AccountId>-${region}`);
    expect(bucket.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } },
        ],
      },
      LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringContaining('AccessLogs') } },
    });
    expect(bucket.DeletionPolicy).toBe(profile.deletionProtection ? 'Retain' : 'Delete');
  }
  const files = named(resourcesOf(primary, 'AWS::S3::Bucket'), 'FilesBucket');
  const { Role, Rules } = readable(files.Properties.ReplicationConfiguration) as {
    Role: unknown;
    Rules: unknown;
  };
  const forth = named(resourcesOf(primary, 'AWS::IAM::Role'), 'FilesReplicationRole').id;
  expect(Role).toEqual({ 'Fn::GetAtt': [forth, 'Arn'] });
  expect(Rules).toEqual([{ Id: 'everything', ...ruleTo(STANDBY_REGION) }]);
  expect(files.DependsOn).toEqual(
    expect.arrayContaining([named(resourcesOf(primary, 'AWS::IAM::Policy'), 'FilesReplicationRole').id]),
  );
  expectReplicationRole(system, primary, forth, [PRIMARY_REGION, STANDBY_REGION]);

  const back = named(resourcesOf(standby, 'AWS::IAM::Role'), 'ReplicationRole').id;
  const rule = theOnly(standby, 'Custom::BucketReplication');
  expect(textual(rule.Properties.Bucket)).toBe(`shop-files-<AWS::AccountId>-${STANDBY_REGION}`);
  expect(JSON.parse(textual(rule.Properties.Configuration))).toEqual({
    Role: `<${back}.Arn>`,
    Rules: [{ ID: 'everything', ...ruleTo(PRIMARY_REGION) }],
  });
  expectReplicationRole(system, standby, back, [STANDBY_REGION, PRIMARY_REGION]);
  const provider = named(resourcesOf(standby, 'AWS::IAM::Role'), 'ReplicationFunctionRole').id;
  const own = permissionsOf(standby, provider).filter(([actions]) => !/logs:|xray:/.test(actions));
  expect(own.map(([actions, resource]) => [actions, resource.replace('<AWS::Partition>', 'aws')])).toEqual([
    ['s3:PutReplicationConfiguration', bucketIn(STANDBY_REGION)],
    ['iam:PassRole', `<${back}.Arn>`],
  ]);
  expect(rule.DependsOn).toEqual(
    expect.arrayContaining([named(resourcesOf(standby, 'AWS::IAM::Policy'), 'ReplicationRoleDefault').id]),
  );
}

function expectReplicationRole(
  system: RecoveryTemplates,
  template: StackTemplate,
  role: string,
  [from, to]: readonly [string, string],
): void {
  expect(template.Resources[role]?.Properties.AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Principal: { Service: 's3.amazonaws.com' } }],
  });
  const statements = statementsOf(template, role).map(({ Action, Condition, Resource }) => ({
    Action,
    Resource:
      typeof Resource === 'object' && Resource && 'Fn::Join' in Resource ? textual(Resource) : Resource,
    Condition,
  }));
  expect(statements).toEqual([
    { Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: bucketIn(from) },
    {
      Action: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
      Resource: `${bucketIn(from)}/*`,
    },
    {
      Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
      Resource: `${bucketIn(to)}/*`,
    },
    {
      Action: 'kms:Decrypt',
      Resource: keyIn(system, template),
      Condition: { StringEquals: { 'kms:ViaService': `s3.${from}.amazonaws.com` } },
    },
    {
      Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: `arn:aws:kms:${to}:<AWS::AccountId>:key/*`,
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${to}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/shop' },
      },
    },
  ]);
}

/** What a region's servers may do with files: with those of their own region's bucket alone. */
export function expectFilesRights(system: RecoveryTemplates): void {
  for (const [template, region] of [
    [system.primary, PRIMARY_REGION],
    [system.site, STANDBY_REGION],
  ] as const) {
    const ofFiles = permissionsOf(template, serverRoleOf(template))
      .map(([actions, resource]) => [actions, resource.replaceAll('<AWS::Partition>', 'aws')])
      .filter(([, resource]) => resource?.includes('shop-files'));
    expect(ofFiles).toEqual([
      ['s3:ListBucket', bucketIn(region)],
      ['s3:DeleteObject s3:GetObject s3:PutObject', `${bucketIn(region)}/*`],
    ]);
    expect(bootLines(template)).toContain(`FILES_BUCKET=shop-files-<AWS::AccountId>-${region}`);
  }
}
