import { expect } from 'vitest';
import { EXPIRY_INDEX } from '../../lambda/serverless-api/keys';
import { theOnly } from './apps';
import { valueIn } from './deployed-values';
import { bucketOf } from './distribution';
import { permissionsOf } from './fleet';
import { environmentOf, functionsOf, idOf, roleOf, type Variant } from './serverless-api';

/** Each function may do what is listed here, and nothing else. */
export function expectRights({ template }: Variant): void {
  const functions = functionsOf(template);
  const table = `<${theOnly(template, 'AWS::DynamoDB::GlobalTable').id}.Arn>`;
  const bucket = `<${bucketOf(template, 'FilesBucket').id}.Arn>`;
  const queue = `<${idOf(template, 'AWS::SQS::Queue', 'UploadFunctionUploads')}.Arn>`;
  const deadLetters = `<${idOf(template, 'AWS::SQS::Queue', 'CleanUpFunctionDeadLetters')}.Arn>`;
  const logOf = (service: keyof typeof functions): [string, string] => {
    const { LogGroup } = functions[service].Properties.LoggingConfig as { LogGroup: { Ref: string } };
    return ['logs:CreateLogStream logs:PutLogEvents', `<${LogGroup.Ref}.Arn>`];
  };
  const traces: [string, string] = ['xray:PutTelemetryRecords xray:PutTraceSegments', '*'];
  const may = (service: keyof typeof functions) => {
    const role = roleOf(functions[service]);
    const { AssumeRolePolicyDocument, Description, ...others } = template.Resources[role]?.Properties ?? {};
    expect(others).toEqual({});
    expect(AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }],
    });
    return permissionsOf(template, role);
  };
  expect(may('api')).toEqual([
    logOf('api'),
    traces,
    ['dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem', table],
    ['s3:PutObject', `${bucket}/incoming/*`],
    ['s3:GetObject', `${bucket}/documents/*`],
  ]);
  expect(may('uploads')).toEqual([
    logOf('uploads'),
    traces,
    [
      'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage',
      queue,
    ],
    ['dynamodb:GetItem dynamodb:UpdateItem', table],
    ['s3:ListBucket', bucket],
    ['s3:DeleteObject s3:DeleteObjectVersion s3:GetObject s3:GetObjectVersion', `${bucket}/incoming/*`],
    ['s3:DeleteObject s3:PutObject', `${bucket}/documents/*`],
    ['s3:DeleteObject s3:PutObject', `${bucket}/quarantine/*`],
  ]);
  expect(may('clean-up')).toEqual([
    logOf('clean-up'),
    ['sqs:SendMessage', deadLetters],
    traces,
    ['dynamodb:Query', `${table}/index/${EXPIRY_INDEX}`],
    ['dynamodb:BatchGetItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem', table],
    ['s3:ListBucket', bucket],
    ['s3:DeleteObject', `${bucket}/documents/*`],
    ['s3:DeleteObject', `${bucket}/quarantine/*`],
  ]);
  const roles = Object.values(functions).map(roleOf);
  expect(new Set(roles).size).toBe(3);
}

/** How functions run, and where they log. */
export function expectFunctions({ profile, template }: Variant): void {
  const logs = Object.values(functionsOf(template)).map(({ DependsOn, Properties, ...each }) => {
    expect(Properties).toMatchObject({
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON' },
      MemorySize: 512,
      Runtime: 'nodejs24.x',
      TracingConfig: { Mode: 'Active' },
    });
    // Rights come before what needs them.
    expect(DependsOn).toContain(roleOf({ Properties, ...each }));
    const { LogGroup } = Properties.LoggingConfig as { LogGroup: { Ref: string } };
    const log = template.Resources[LogGroup.Ref];
    expect(log?.Properties).toEqual({ RetentionInDays: profile.logRetention });
    return LogGroup.Ref;
  });
  expect(new Set(logs).size).toBe(3);
  const { api, 'clean-up': cleanUp, uploads } = functionsOf(template);
  expect([api, uploads, cleanUp].map(({ Properties }) => Properties.Timeout)).toEqual([10, 60, 900]);
  expect(api.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  expect(uploads.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
}

/** What functions are told, and no more. */
export function expectEnvironments({ signIn, stage, template }: Variant): void {
  const common = (service: string) => ({
    TABLE_NAME: { Ref: theOnly(template, 'AWS::DynamoDB::GlobalTable').id },
    BUCKET_NAME: { Ref: bucketOf(template, 'FilesBucket').id },
    STAGE: stage,
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_NAMESPACE: 'DocumentDesk',
    NODE_OPTIONS: '--enable-source-maps',
  });
  const rules = ['ALLOWED_FILE_TYPES', 'MAX_FILE_SIZE'];
  const { api, 'clean-up': cleanUp, uploads } = functionsOf(template);
  expect(environmentOf(api)).toMatchObject(common('api'));
  expect(Object.keys(environmentOf(api)).sort()).toEqual(
    [...Object.keys(common('api')), ...rules, 'AUTHENTICATION', ...(signIn ? ['CLIENT_ID'] : [])].sort(),
  );
  expect(environmentOf(uploads)).toMatchObject(common('uploads'));
  expect(Object.keys(environmentOf(uploads)).sort()).toEqual([...Object.keys(common('')), ...rules].sort());
  expect(environmentOf(cleanUp)).toEqual(common('clean-up'));
}

/** The dashboard shows what the alarms watch, and what explains them. */
export function expectDashboard({ kind, template }: Variant): void {
  const body = valueIn(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics?: unknown[][] } }[] };
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const metricsIn = (namespace: string) =>
    new Set(shown.filter(([each]) => each === namespace).map(([, metric]) => metric));
  expect([...metricsIn('AWS/ApiGateway')].sort()).toEqual(
    kind === 'http' ? ['4xx', '5xx', 'Count', 'Latency'] : ['4XXError', '5XXError', 'Count', 'Latency'],
  );
  expect([...metricsIn('AWS/Lambda')].sort()).toEqual(['Duration', 'Errors', 'Throttles']);
  expect([...metricsIn('AWS/SQS')]).toEqual(['ApproximateAgeOfOldestMessage']);
  expect([...metricsIn('AWS/CloudFront')].sort()).toEqual(['4xxErrorRate', '5xxErrorRate', 'Requests']);
  for (const metric of ['Errors', 'Duration']) {
    const functions = shown.filter(([, each]) => each === metric).map(([, , , name]) => name);
    expect(functions.sort()).toEqual(
      Object.values(functionsOf(template))
        .map(({ id }) => `<${id}>`)
        .sort(),
    );
  }
}
