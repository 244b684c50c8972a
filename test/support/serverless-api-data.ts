import { expect } from 'vitest';
import { EXPIRY_INDEX, TIME_TO_LIVE } from '../../lambda/serverless-api/keys';
import { PRODUCTION } from '../../lib/profile';
import { resourcesOf, theOnly } from './apps';
import { valueIn } from './deployed-values';
import { ALL_BLOCKED, bucketOf, PRIVATE_BUCKET } from './distribution';
import { permissionsOf, textOf } from './fleet';
import { isAllowed } from './resource-policies';
import { frontOf, functionsOf, idOf, siteUrlOf, type Variant } from './serverless-api';

/** S3 tells the queue of each upload, and nobody else may tell it anything. */
export function expectNotifications({ template }: Variant): void {
  const queue = idOf(template, 'AWS::SQS::Queue', 'UploadFunctionUploads');
  const bucket = bucketOf(template, 'FilesBucket');
  expect(bucket.Properties?.NotificationConfiguration).toEqual({
    QueueConfigurations: [
      {
        Event: 's3:ObjectCreated:*',
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
        Queue: { 'Fn::GetAtt': [queue, 'Arn'] },
      },
    ],
  });
  const [policy] = Object.entries(resourcesOf(template, 'AWS::SQS::QueuePolicy')).filter(
    ([, { Properties }]) => JSON.stringify(Properties.Queues).includes(queue),
  );
  // S3 sends a test message when the notification is set.
  expect(bucket.DependsOn).toEqual([policy?.[0]]);
  const document = policy?.[1].Properties.PolicyDocument as { Statement: never[] } | undefined;
  const may = (principal: string, account = '<AWS::AccountId>', tls = 'true', action = 'sqs:SendMessage') =>
    isAllowed(document?.Statement ?? [], {
      principal,
      action,
      resource: `<${queue}.Arn>`,
      context: { 'aws:SourceAccount': account, 'aws:SecureTransport': tls },
    });
  expect(may('s3.amazonaws.com')).toBe(true);
  expect(may('s3.amazonaws.com', '999999999999')).toBe(false);
  expect(may('s3.amazonaws.com', '<AWS::AccountId>', 'false')).toBe(false);
  expect(may('s3.amazonaws.com', '<AWS::AccountId>', 'true', 'sqs:ReceiveMessage')).toBe(false);
  expect(may('sns.amazonaws.com')).toBe(false);
}

/** The clean-up is started at its hour, and what fails is kept. */
export function expectNightlyRun({ profile, template }: Variant): void {
  const cleanUp = functionsOf(template)['clean-up'];
  expect(cleanUp.Properties.ReservedConcurrentExecutions).toBe(profile === PRODUCTION ? 1 : undefined);
  const deadLetters = idOf(template, 'AWS::SQS::Queue', 'CleanUpFunctionDeadLetters');
  const deadLettersArn = { 'Fn::GetAtt': [deadLetters, 'Arn'] };
  expect(cleanUp.Properties.DeadLetterConfig).toEqual({ TargetArn: deadLettersArn });
  expect(template.Resources[deadLetters]?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  const { Target, ...schedule } = theOnly(template, 'AWS::Scheduler::Schedule').Properties;
  expect(schedule).toMatchObject({
    FlexibleTimeWindow: { Mode: 'OFF' },
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'Asia/Tokyo',
    State: 'ENABLED',
  });
  const role = idOf(template, 'AWS::IAM::Role', 'ScheduleRole');
  expect(Target).toEqual({
    Arn: { 'Fn::GetAtt': [cleanUp.id, 'Arn'] },
    DeadLetterConfig: { Arn: deadLettersArn },
    RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 3 },
    RoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
  });
  const { AssumeRolePolicyDocument, Policies, ...others } = template.Resources[role]?.Properties ?? {};
  expect(Object.keys(others)).toEqual(['Description']);
  expect(AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ],
  });
  const [{ PolicyDocument } = { PolicyDocument: { Statement: [] } }] = Policies as {
    PolicyDocument: { Statement: unknown[] };
  }[];
  expect(PolicyDocument.Statement).toEqual([
    { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [cleanUp.id, 'Arn'] } },
    { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: deadLettersArn },
  ]);
  expect(permissionsOf(template, role)).toEqual([]);
}

/** The files' bucket is private, and takes uploads from pages of the site only. */
export function expectFileBucket({ template }: Variant): void {
  const bucket = bucketOf(template, 'FilesBucket');
  expect(bucket.Properties).toMatchObject({
    ...PRIVATE_BUCKET,
    LifecycleConfiguration: {
      Rules: [
        { Prefix: 'incoming/', ExpirationInDays: 1, Status: 'Enabled' },
        {
          Prefix: 'documents/',
          Status: 'Enabled',
          Transitions: [
            { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
            { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
          ],
        },
        { Prefix: 'quarantine/', ExpirationInDays: 30, Status: 'Enabled' },
        {
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          Status: 'Enabled',
        },
      ],
    },
  });
  const cors = bucket.Properties?.CorsConfiguration as
    | { CorsRules: { AllowedOrigins: unknown[] }[] }
    | undefined;
  expect(cors?.CorsRules).toEqual([
    {
      AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
      AllowedMethods: ['PUT'],
      AllowedOrigins: [expect.anything()],
      MaxAge: 3600,
    },
  ]);
  expect(cors?.CorsRules[0]?.AllowedOrigins.map((origin) => valueIn(origin))).toEqual([siteUrlOf(template)]);
  // Nobody but the functions' roles, which need no word in the bucket's policy; where it empties itself, what empties it.
  const may = (principal: string, tls = 'true') =>
    isAllowed(bucket.statements, {
      principal,
      action: 's3:GetObject',
      resource: `<${bucket.id}.Arn>/documents/x`,
      context: { 'aws:SecureTransport': tls },
    });
  expect([may('anonymous'), may('cloudfront.amazonaws.com')]).toEqual([false, false]);
  const denied = bucket.statements.filter(({ Effect }) => Effect === 'Deny');
  expect(denied).toMatchObject([
    { Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ]);
  expect([denied[0]?.Resource].flat().map(textOf)).toEqual([`<${bucket.id}.Arn>`, `<${bucket.id}.Arn>/*`]);
}

/** Access to the files and to the site is logged, each under its prefix. */
export function expectAccessLogs({ profile, template }: Variant): void {
  const files = bucketOf(template, 'FilesBucket');
  const logs = bucketOf(template, 'AccessLogs');
  expect(files.Properties?.LoggingConfiguration).toEqual({
    DestinationBucketName: { Ref: logs.id },
    LogFilePrefix: 'files/',
  });
  expect(frontOf(template).config.Logging).toEqual({
    Bucket: { 'Fn::GetAtt': [logs.id, 'RegionalDomainName'] },
    Prefix: 'cloudfront/',
  });
  expect(logs.Properties).toMatchObject({
    PublicAccessBlockConfiguration: ALL_BLOCKED,
    LifecycleConfiguration: { Rules: [{ ExpirationInDays: profile.logRetention, Status: 'Enabled' }] },
    // CloudFront's standard logs are delivered by way of an ACL.
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
  });
  const may = (from: string, folder: string) =>
    isAllowed(logs.statements, {
      principal: 'logging.s3.amazonaws.com',
      action: 's3:PutObject',
      resource: `<${logs.id}.Arn>/${folder}/2026`,
      context: {
        'aws:SourceArn': `<${from}.Arn>`,
        'aws:SourceAccount': '<AWS::AccountId>',
        'aws:SecureTransport': 'true',
      },
    });
  expect([may(files.id, 'files'), may('Other', 'files'), may(files.id, 'cloudfront')]).toEqual([
    true,
    false,
    false,
  ]);
}

/** The table's keys, backups and expiry. */
export function expectTable({ profile, template }: Variant): void {
  const { Properties } = theOnly(template, 'AWS::DynamoDB::GlobalTable');
  expect(Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: EXPIRY_INDEX,
        KeySchema: [
          { AttributeName: 'expiryDay', KeyType: 'HASH' },
          { AttributeName: 'expiresAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    TimeToLiveSpecification: { AttributeName: TIME_TO_LIVE, Enabled: true },
  });
  const attributes = Properties.AttributeDefinitions as { AttributeName: string; AttributeType: string }[];
  expect(attributes.map(({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`)).toEqual([
    'pk S',
    'sk S',
    'expiryDay S',
    'expiresAt S',
  ]);
  expect(Properties.Replicas).toMatchObject([
    {
      DeletionProtectionEnabled: profile === PRODUCTION,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: true,
        RecoveryPeriodInDays: profile === PRODUCTION ? 14 : 1,
      },
    },
  ]);
}
