import { Aws, Duration } from 'aws-cdk-lib';
import { MYSQL } from '../../building-blocks/versions';
import { BROKEN, databaseIs, describeDatabase, ERRORS, IS_REPLICA, IS_WRITABLE, notify } from './calls';
import { allOf, not, present } from './conditions';
import { guard } from './guard';
import { allow, type Right } from './rights';
import { pointServers, scaleDown, type WithFleet } from './servers';
import { enter, type Steps } from './steps';
import type { ReplicaSettings } from './workflow-props';

/** A step-back by a region that then has a replica. */
export type ReplicaStepBack = WithFleet & { readonly replica: ReplicaSettings };

const AGAIN = 'The other region serves. Remove the cause, then start it again.';
const NO_DATABASE = `This region has no database, or one that is still being made. ${AGAIN}`;
const HAS_REPLICA = `This region has its replica. ${AGAIN}`;

/** Adds the steps by which a region gets a replica of the other one's database, from `FindActive` to the end. */
export function stepBackWithReplica(steps: Steps, props: ReplicaStepBack): void {
  guard(steps, props, 'FindDatabase');
  retire(steps, props);
  replicate(steps, props);
  const small = scaleDown(steps, props, 'Notify', HAS_REPLICA);
  pointServers(steps, props, small, HAS_REPLICA);
  const { names, region } = props;
  steps.task('Notify', {
    ...notify(
      props,
      `${names.systemName}: ${region} waits`,
      `States.Format('${names.systemName}: ${region} has a replica of the database of {} and can take over.', $.switch.activeRegion)`,
    ),
    next: 'Done',
    leaves: `All is done, and only the message could not be sent. ${HAS_REPLICA}`,
  });
  steps.add('Done', { Type: 'Succeed' });
}

/**
 * The region's own database goes out of the way. In a sandbox it is deleted. Elsewhere it is kept under another name,
 * since it may hold what was written last and never replicated.
 */
function retire(steps: Steps, props: ReplicaStepBack): void {
  const { names, profile, region } = props;
  const untouched = `The database was not changed. ${AGAIN}`;
  steps.task('FindDatabase', {
    ...describeDatabase(props),
    answers: { [ERRORS.noDatabase]: 'CreateReplica' },
    next: 'IsReplica',
    leaves: untouched,
  });
  steps.choice(
    'IsReplica',
    [
      { when: IS_REPLICA, next: enter('WaitReplica') },
      { when: databaseIs('deleting', 'renaming'), next: enter('WaitGone') },
    ],
    'NameRetired',
  );
  steps.put('NameRetired', 'retired', 'Retire', {
    'name.$': `States.Format('${names.database}-retired-{}', States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 0))`,
  });
  const database = { DbInstanceIdentifier: names.database };
  const call = profile.deletionProtection
    ? {
        resource: 'aws-sdk:rds:modifyDBInstance',
        parameters: { ...database, 'NewDBInstanceIdentifier.$': '$.retired.name', ApplyImmediately: true },
        rights: [allow('rds:ModifyDBInstance', names.databaseArn(region))],
      }
    : {
        resource: 'aws-sdk:rds:deleteDBInstance',
        parameters: { ...database, SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
        rights: [allow('rds:DeleteDBInstance', names.databaseArn(region))],
      };
  steps.task('Retire', {
    ...call,
    answers: { [ERRORS.databaseBusy]: 'IsBusyForLong', [ERRORS.noDatabase]: 'CreateReplica' },
    next: enter('WaitGone'),
    leaves: untouched,
  });
  // Round by the guard: by the time the database is no longer busy, this region may have taken over.
  steps.choice(
    'IsBusyForLong',
    [
      { when: not(present('$.busy.count')), next: 'FirstBusy' },
      { when: { Variable: '$.busy.count', NumericGreaterThanEquals: 60 }, next: 'StillBusy' },
    ],
    'CountBusy',
  );
  steps.put('FirstBusy', 'busy', 'WaitBusy', { count: 1 });
  steps.put('CountBusy', 'busy', 'WaitBusy', { 'count.$': 'States.MathAdd($.busy.count, 1)' });
  steps.wait('WaitBusy', Duration.seconds(30), 'FindActive');
  steps.refuse('StillBusy', `The database was busy for half an hour. ${untouched}`);
  steps.poll('WaitGone', {
    ...describeDatabase(props),
    answers: { [ERRORS.noDatabase]: 'CreateReplica' },
    rules: [],
    every: Duration.seconds(30),
    times: 240,
    exhausted: 'StillThere',
    leaves: `The old database is on its way out. ${AGAIN}`,
  });
  steps.refuse('StillThere', `The old database did not go away within two hours. ${AGAIN}`);
}

function replicate(steps: Steps, props: ReplicaStepBack): void {
  const { names, region, replica } = props;
  steps.task('CreateReplica', {
    resource: 'aws-sdk:rds:createDBInstanceReadReplica',
    // Neither StorageType, with which the API wants Iops, nor SourceRegion, which only China and GovCloud need.
    parameters: {
      DbInstanceIdentifier: names.database,
      SourceDBInstanceIdentifier: names.databaseArn(names.otherThan(region)),
      DbInstanceClass: replica.instanceClass,
      DbSubnetGroupName: replica.subnetGroupName,
      VpcSecurityGroupIds: [replica.securityGroupId],
      DbParameterGroupName: replica.parameterGroupName,
      KmsKeyId: replica.kmsKeyArn,
      MultiAZ: replica.multiAz,
      PubliclyAccessible: false,
      AutoMinorVersionUpgrade: true,
      CopyTagsToSnapshot: true,
      DeletionProtection: replica.deletionProtection,
      ...(replica.maxAllocatedStorage && { MaxAllocatedStorage: replica.maxAllocatedStorage }),
      ...(replica.tags && { Tags: Object.entries(replica.tags).map(([Key, Value]) => ({ Key, Value })) }),
    },
    rights: rightsToReplicate(props),
    answers: { [ERRORS.databaseExists]: enter('WaitReplica') },
    // The other region's database may be busy, or may have no backup yet.
    patience: { errors: [ERRORS.databaseBusy], wait: Duration.seconds(30), times: 120 },
    next: enter('WaitReplica'),
    leaves: NO_DATABASE,
  });
  steps.poll('WaitReplica', {
    ...describeDatabase(props),
    rules: [
      { when: allOf(IS_REPLICA, databaseIs('available')), next: 'FindHost' },
      { when: BROKEN, next: 'ReplicaBroken' },
      { when: IS_WRITABLE, next: 'ReplicaPromoted' },
    ],
    every: Duration.minutes(1),
    times: 720,
    exhausted: 'NoReplicaYet',
    leaves: NO_DATABASE,
  });
  steps.refuse(
    'ReplicaBroken',
    `The replica is in a state that it does not leave by itself. ${NO_DATABASE} Delete the replica before.`,
  );
  steps.refuse(
    'ReplicaPromoted',
    'The replica was promoted while this region stepped back: look which region serves. Nothing more was changed.',
  );
  steps.refuse('NoReplicaYet', `The replica was not ready within twelve hours. ${NO_DATABASE}`);
}

/**
 * What a replica of another region takes: RDS asks the source's region in the name of who asked for it
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html), and uses both regions' keys.
 */
function rightsToReplicate({ names, region, replica }: ReplicaStepBack): Right[] {
  const other = names.otherThan(region);
  const inRds = (type: string, name: string) =>
    `arn:${Aws.PARTITION}:rds:${region}:${Aws.ACCOUNT_ID}:${type}:${name}`;
  const engine = `${MYSQL.engineType}-${MYSQL.engineVersion?.majorVersion.replace('.', '-')}`;
  const viaRds = (where: string) => ({ 'kms:ViaService': `rds.${where}.${Aws.URL_SUFFIX}` });
  const key = ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext'];
  return [
    allow(
      'rds:CreateDBInstanceReadReplica',
      names.databaseArn(region),
      names.databaseArn(other),
      inRds('subgrp', replica.subnetGroupName),
      inRds('pg', replica.parameterGroupName),
      inRds('og', `default:${engine}`),
    ),
    ...(replica.tags ? [allow('rds:AddTagsToResource', names.databaseArn(region))] : []),
    { ...allow(key, replica.kmsKeyArn), conditions: { StringEquals: viaRds(region) } },
    {
      ...allow(key, `arn:${Aws.PARTITION}:kms:${other}:${Aws.ACCOUNT_ID}:key/*`),
      conditions: {
        StringEquals: viaRds(other),
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names.keyAlias },
      },
      why: "The other region's key is known by its alias alone, which the condition asks for.",
    },
  ];
}
