import assert from 'node:assert/strict';
import { GetStageCommand as GetHttpStageCommand, GetRoutesCommand } from '@aws-sdk/client-apigatewayv2';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { EXPIRY_INDEX, TIME_TO_LIVE } from '../../../../lambda/serverless-api/keys';
import type { DeployedStack } from '../../support/stacks';
import { functionOf } from './desk';
import { alarmsNotify, watchedBy } from './monitoring';

/** Shows the table's keys, that it can be taken back to any moment, and that it forgets by itself what is long over. */
export async function table(stack: DeployedStack): Promise<void> {
  const { dynamodb } = stack.aws;
  const { table: TableName } = await functionOf(stack, 'api');
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const keysOf = (schema: { AttributeName?: string }[] = []) =>
    schema.map(({ AttributeName }) => AttributeName);
  assert.deepEqual(keysOf(Table?.KeySchema), ['pk', 'sk']);
  assert.deepEqual(
    Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      keysOf(KeySchema),
      Projection?.ProjectionType,
    ]),
    [[EXPIRY_INDEX, ['expiryDay', 'expiresAt'], 'KEYS_ONLY']],
  );
  assert.equal(Table?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
  const { ContinuousBackupsDescription } = await dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  assert.equal(
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    'ENABLED',
  );
  const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.deepEqual(TimeToLiveDescription, { AttributeName: TIME_TO_LIVE, TimeToLiveStatus: 'ENABLED' });
}

/** Shows that the bucket of the files is versioned and not public, and how long it keeps what. */
export async function fileBucket(stack: DeployedStack): Promise<void> {
  const { s3 } = stack.aws;
  const { bucket: Bucket } = await functionOf(stack, 'api');
  assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  assert.ok(Object.values(PublicAccessBlockConfiguration ?? {}).every((isBlocked) => isBlocked === true));
  assert.equal(Object.keys(PublicAccessBlockConfiguration ?? {}).length, 4);
  const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const expirations = Rules.map(({ Expiration, Filter, Prefix }) => [
    Filter?.Prefix ?? Prefix ?? '',
    Expiration?.Days,
  ]);
  assert.deepEqual(
    expirations.filter(([, days]) => days !== undefined),
    [
      ['incoming/', 1],
      ['quarantine/', 30],
    ],
  );
}

/** Shows an HTTP API's routes, and how many requests its stage takes. */
export async function httpStage(stack: DeployedStack): Promise<void> {
  const { apiGatewayV2 } = stack.aws;
  const ApiId = await stack.idOf('AWS::ApiGatewayV2::Api');
  const { AccessLogSettings, AutoDeploy, DefaultRouteSettings } = await apiGatewayV2.send(
    new GetHttpStageCommand({ ApiId, StageName: 'dev' }),
  );
  assert.equal(AutoDeploy, true);
  assert.deepEqual(
    [DefaultRouteSettings?.ThrottlingRateLimit, DefaultRouteSettings?.ThrottlingBurstLimit],
    [100, 200],
  );
  const logGroup = AccessLogSettings?.DestinationArn?.split(':log-group:')[1]?.replace(/:\*$/, '');
  assert.ok(
    (await stack.idsOf('AWS::Logs::LogGroup')).includes(logGroup ?? ''),
    AccessLogSettings?.DestinationArn,
  );
  assert.match(AccessLogSettings?.Format ?? '', /\$context\.requestId/);
  const { Items = [] } = await apiGatewayV2.send(new GetRoutesCommand({ ApiId }));
  assert.deepEqual(Items.map(({ RouteKey }) => RouteKey).sort(), [
    '$default',
    'DELETE /documents/{id}',
    'GET /documents',
    'GET /documents/{id}',
    'POST /documents',
    'POST /documents/{id}/upload',
    'PUT /documents/{id}',
  ]);
}

/** Shows that the alarms watch what people notice, and notify the topic. */
export async function alarms(stack: DeployedStack, api: Record<string, string>): Promise<void> {
  const found = await alarmsNotify(stack, [
    'ApiErrorRateHigh',
    'ApiFunctionThrottled',
    'ApiLatencyHigh',
    'CleanUpFailed',
    'UploadsFailed',
    'UploadsWaiting',
  ]);
  const { FunctionName, QueueName = [], ...watched } = watchedBy(found);
  assert.deepEqual(FunctionName, [(await functionOf(stack, 'api')).name]);
  assert.deepEqual(watched, Object.fromEntries(Object.entries(api).map(([name, value]) => [name, [value]])));
  const queues = (await stack.idsOf('AWS::SQS::Queue')).map((url) => url.split('/').at(-1));
  assert.deepEqual(QueueName.toSorted(), queues.toSorted());
}
