import assert from 'node:assert/strict';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
} from '@aws-sdk/client-scheduler';
import { v7 as uuid } from 'uuid';
import { documentKey, EVERYONE, objectKey } from '../../../../lambda/serverless-api/keys';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { type Ask, functionOf, jsonOf } from './desk';
import { foldersOf, keysOf, pdf, restsIn, upload } from './desk-files';
import { logLines } from './desk-logs';
import { type Document, read } from './documents';

async function scheduleOf({ aws, idOf }: DeployedStack): Promise<GetScheduleCommandOutput> {
  return aws.scheduler.send(new GetScheduleCommand({ Name: await idOf('AWS::Scheduler::Schedule') }));
}

/** Shows when the clean-up runs, and what becomes of a run that fails. */
export async function nightly(stack: DeployedStack): Promise<void> {
  const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = await scheduleOf(stack);
  assert.deepEqual(
    [ScheduleExpression, ScheduleExpressionTimezone, State],
    ['cron(0 3 * * ? *)', 'Asia/Tokyo', 'ENABLED'],
  );
  const { arn, configuration } = await functionOf(stack, 'clean-up');
  assert.equal(Target?.Arn, arn);
  assert.deepEqual(Target.RetryPolicy, { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 3 });
  const deadLetters = Target.DeadLetterConfig?.Arn ?? '';
  const queues = (await stack.idsOf('AWS::SQS::Queue')).map((url) => url.split('/').at(-1));
  assert.ok(queues.includes(deadLetters.split(':').at(-1)), deadLetters);
  assert.equal(configuration.DeadLetterConfig?.TargetArn, deadLetters);
}

/** Lets the scheduler do at once what it does at night: the same target, by the same role. */
async function runNow(stack: DeployedStack, done: () => Promise<void>): Promise<void> {
  const { scheduler } = stack.aws;
  const { Target } = await scheduleOf(stack);
  const Name = `${stack.name}-now-${uuid()}`;
  const soon = new Date(Date.now() + 2000);
  await scheduler.send(
    new CreateScheduleCommand({
      Name,
      Target,
      ScheduleExpression: `at(${soon.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
    }),
  );
  try {
    await done();
  } finally {
    await scheduler.send(new DeleteScheduleCommand({ Name })).catch((error: Error) => {
      // It went by itself.
      if (error.name !== 'ResourceNotFoundException') throw error;
    });
  }
}

/**
 * Shows that the clean-up removes what has expired, with its file, and the files that have belonged to no document for
 * a day, and that it leaves all else alone. AWS lets nobody make an object older than it is: there the file that is to
 * be removed is as young as the one that is to stay, and stays as well.
 */
export async function cleanUp(stack: DeployedStack, ask: Ask): Promise<void> {
  const kept = await upload(ask, pdf('to be kept'));
  const [young, old] = [await addOrphan(stack), await addOrphan(stack)];
  const canAge = (await makeOld(stack, old)) && (await makeOld(stack, kept.id));
  const { id } = await expiring(ask, await upload(ask, pdf('to be removed')));
  await until('the end of a document', async () =>
    (await ask('GET', `/documents/${id}`)).status === 404 ? true : undefined,
  );
  // Nobody can read it any more, and yet it is there until somebody removes it.
  assert.ok(await storedItem(stack, id));
  assert.deepEqual(await foldersOf(stack, id), ['documents']);
  await runNow(stack, async () => {
    await until(
      'the removal of an expired document',
      async () => ((await storedItem(stack, id)) ? undefined : true),
      90,
    );
    await restsIn(stack, id, []);
    const report = await until('the report of the clean-up', async () =>
      (await logLines(stack, 'clean-up', 'clean-up ended')).at(-1),
    );
    const { complete, failures, orphansRemoved } = report;
    assert.deepEqual(
      { complete, failures, orphansRemoved },
      { complete: true, failures: 0, orphansRemoved: canAge ? 1 : 0 },
    );
  });
  assert.deepEqual(await foldersOf(stack, old), canAge ? [] : ['documents']);
  assert.deepEqual(await foldersOf(stack, young), ['documents'], 'a young file is gone');
  assert.equal((await read(ask, kept.id)).file?.status, 'accepted');
  assert.deepEqual(await foldersOf(stack, kept.id), ['documents'], 'the file of a document is gone');
}

/** Puts a file to where those of documents are; the id of the document that there is not. */
async function addOrphan(stack: DeployedStack): Promise<string> {
  const { bucket: Bucket } = await functionOf(stack, 'clean-up');
  const documentId = uuid();
  const Key = objectKey({ folder: 'documents', owner: EVERYONE, documentId, uploadId: uuid() });
  await stack.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: pdf('an orphan') }));
  return documentId;
}

/** Makes the files of a document two days old; false where that is not possible. */
async function makeOld(stack: DeployedStack, id: string): Promise<boolean> {
  const emulator = await emulatorOf(stack.aws);
  if (!emulator) return false;
  const { bucket } = await functionOf(stack, 'clean-up');
  for (const key of await keysOf(stack, id)) {
    const query = new URLSearchParams({ bucket, key, hours: '48' });
    const { status } = await fetch(`${emulator}/_emulator/object-age?${query}`, { method: 'POST' });
    assert.equal(status, 200);
  }
  return true;
}

/** What the table holds of a document, whether it has expired or not. */
async function storedItem(stack: DeployedStack, id: string): Promise<object | undefined> {
  const { table: TableName } = await functionOf(stack, 'clean-up');
  const { pk, sk } = documentKey(EVERYONE, id);
  const { Item } = await stack.aws.dynamodb.send(
    new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
  );
  return Item;
}

/** Lets a document expire in a moment. */
async function expiring(ask: Ask, { id, version }: Document): Promise<Document> {
  const expiresAt = new Date(Date.now() + 3000).toISOString();
  const headers = { 'if-match': `"${version}"` };
  return jsonOf<Document>(
    await ask('PUT', `/documents/${id}`, { json: { title: 'Old', expiresAt }, headers }),
  );
}
