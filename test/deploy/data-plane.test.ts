import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect } from './support/aws';
import { bootstrap, deploy, destroy, emulatorEnvironment } from './support/cli';
import {
  DataPlaneStack,
  EVENT_SOURCE,
  FILES_FOLDER,
  FILES_PREFIX,
  MAX_RECEIVE_COUNT,
  WATCHED_PREFIX,
} from './support/data-plane-stack';
import { type Emulator, startEmulator } from './support/emulator';
import { takeInventory } from './support/inventory';
import { timed } from './support/progress';
import { ReportReader, takeMessages } from './support/reports';
import { type DeployedStack, deployedStack, explain, statusOf } from './support/stacks';
import { DEFAULT_REGION, synthesizeApp } from './support/units';
import { apiUrl } from './uses/support/addresses';
import {
  expiredToken,
  forged,
  signIn,
  tokenOfAnotherClient,
  tokenOfAnotherScope,
} from './uses/support/tokens';
import { addUser } from './uses/support/users';

const NAME = 'DataPlane';
const app = synthesizeApp((scope) => new DataPlaneStack(scope, NAME));
const step = <T>(what: string, act: () => Promise<T>) => timed(NAME, what, act);

// An emulator of its own: the catalogue's tests run at the same time and count what is in the account.
let emulator: Emulator;
let env: NodeJS.ProcessEnv;
let stack: DeployedStack;
let reports: ReportReader;
let before: Set<string>;

beforeAll(async () => {
  emulator = await step('emulator', () => startEmulator());
  env = emulatorEnvironment(emulator, DEFAULT_REGION);
  await step('bootstrapped', () => bootstrap(emulator, DEFAULT_REGION));
  const aws = connect(emulator, DEFAULT_REGION);
  before = await takeInventory(aws);
  try {
    const { outputs } = await step('deployed', () => deploy(app.folder, [NAME], env));
    stack = deployedStack(NAME, aws, outputs[NAME] ?? {});
    reports = new ReportReader(aws, output('ReportsQueueUrl'));
  } catch (error) {
    process.stderr.write(`${await explain(aws, NAME, emulator)}\n`);
    throw error;
  }
});

afterAll(async () => {
  rmSync(app.folder, { recursive: true });
  await emulator?.stop();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`${await explain(stack.aws, NAME, emulator)}\n`);
});

async function handsRequestsOn(
  api: string,
  payloadFormat: string,
  statusOfUnknownPath: number,
): Promise<void> {
  const answer = await post(`${api}/things/lamp?color=red`, 'bright');
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-payload-version')).toBe(payloadFormat);
  expect(await answer.json()).toEqual({
    method: 'POST',
    path: '/things/lamp',
    name: 'lamp',
    color: 'red',
    body: 'bright',
  });
  expect((await post(`${api}/elsewhere`, '')).status).toBe(statusOfUnknownPath);
}

describe.concurrent('what is deployed works', () => {
  test('an HTTP API hands a request to a function, in payload format 2.0', () =>
    step('HTTP API', () => handsRequestsOn(`${output('HttpApiId')}/$default`, '2.0', 404)));

  test('a REST API hands a request to a function, in payload format 1.0', () =>
    step('REST API', () => handsRequestsOn(`${output('RestApiId')}/${output('RestApiStage')}`, '1.0', 403)));

  test('both hand on who has signed in, and refuse everybody else', () =>
    step('sign-in', async () => {
      const user = await addUser(stack, 'anna@example.com');
      const good = (await signIn(stack, user)).access;
      const expired = await expiredToken(stack, user);
      const ofAnotherClient = await tokenOfAnotherClient(stack, user);
      const ofAnotherScope = await tokenOfAnotherScope(stack, user);
      const urlOf = (api: string, stage: string) => apiUrl(stack.aws, output(api), stage);
      const askIn = (url: string) => async (token?: string) => {
        const headers = token ? { authorization: `Bearer ${token}` } : undefined;
        return (await fetch(`${url}/mine`, { headers })).status;
      };
      const http = askIn(await urlOf('HttpApiId', '$default'));
      const rest = askIn(await urlOf('RestApiId', output('RestApiStage')));
      expect([await http(good), await rest(good)]).toEqual([201, 201]);
      for (const bad of [undefined, 'nonsense', forged(good), forged(expired, { exp: 4e9 }), expired])
        expect([await http(bad), await rest(bad)], bad).toEqual([401, 401]);
      expect([await http(ofAnotherScope), await rest(ofAnotherScope)]).toEqual([403, 401]);
      // A REST API's authorizer knows user pools, and not their clients.
      expect([await http(ofAnotherClient), await rest(ofAnotherClient)]).toEqual([401, 201]);
    }));

  test('a function takes messages from a queue, and a poisonous one ends in the dead-letter queue', () =>
    step('queue and dead-letter queue', async () => {
      await send('poison');
      await send('food');
      const deadLetters = await step('dead letter', () => firstMessages('DeadLettersQueueUrl', 1));
      expect(deadLetters).toEqual(['poison']);
      const taken = await reports.first(MAX_RECEIVE_COUNT + 1, 'consumer');
      expect(taken.filter(({ body }) => body === 'food')).toEqual([{ body: 'food', attempt: '1' }]);
      expect(taken.filter(({ body }) => body === 'poison')).toEqual([
        { body: 'poison', attempt: '1' },
        { body: 'poison', attempt: '2' },
      ]);
    }));

  test('a rule hands the events that match it, and no other, to a function and to a queue', () =>
    step('event rule', async () => {
      const order = (Source: string, order: string, total: number) => ({
        Source,
        DetailType: 'Order',
        Detail: JSON.stringify({ order, total }),
      });
      const { FailedEntryCount } = await stack.aws.eventBridge.send(
        new PutEventsCommand({
          Entries: [
            order('shop.returns', 'elsewhere', 200),
            order(EVENT_SOURCE, 'small', 100),
            order(EVENT_SOURCE, 'large', 101),
          ],
        }),
      );
      expect(FailedEntryCount).toBe(0);
      await reports.first(1, 'rule');
      await reports.first(1, 'rule, by queue');
      expect(reports.soFar('rule')).toEqual([
        { source: EVENT_SOURCE, detail: { order: 'large', total: 101 } },
      ]);
      expect(reports.soFar('rule, by queue')).toEqual([{ order: 'large' }]);
    }));

  test('a bucket reports the objects that are put where it watches, and no other', () =>
    step('object event', async () => {
      const Bucket = output('BucketName');
      const key = `${WATCHED_PREFIX}two words & é.txt`;
      for (const Key of ['elsewhere/a.txt', key])
        await stack.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }));
      expect(await reports.first(1, 'object')).toEqual([
        { eventName: 'ObjectCreated:Put', bucket: Bucket, key, size: 5 },
      ]);
    }));

  test('the deployment uploads files, with their types and with values that are known only then', () =>
    step('files', async () => {
      const Bucket = output('BucketName');
      const read = async (name: string) => {
        const { Body, ContentType } = await stack.aws.s3.send(
          new GetObjectCommand({ Bucket, Key: `${FILES_PREFIX}${name}` }),
        );
        return { ContentType, text: await Body?.transformToString() };
      };
      const local = (name: string) => readFileSync(join(FILES_FOLDER, name), 'utf8');
      expect(await read('hello.html')).toEqual({ ContentType: 'text/html', text: local('hello.html') });
      expect(await read('styles/plain.css')).toEqual({
        ContentType: 'text/css',
        text: local('styles/plain.css'),
      });
      expect(JSON.parse((await read('where.json')).text ?? '')).toEqual({ bucket: Bucket });
    }));
});

test('no function was called twice, or for what is not its own', async () => {
  expect(await reports.counts()).toEqual({
    consumer: MAX_RECEIVE_COUNT + 1,
    rule: 1,
    'rule, by queue': 1,
    object: 1,
  });
});

test('all logs that were written belong to the stack', async () => {
  const groups = [...(await takeInventory(stack.aws))]
    .filter((item) => item.startsWith('log group ') && !before.has(item))
    .map((item) => item.slice('log group '.length));
  expect(groups.sort()).toEqual((await stack.idsOf('AWS::Logs::LogGroup')).sort());
});

test('the stack is destroyed with all that is in its bucket, and nothing is left', async () => {
  const Bucket = output('BucketName');
  const { KeyCount } = await stack.aws.s3.send(new ListObjectsV2Command({ Bucket }));
  expect(KeyCount).toBeGreaterThan(3);
  await step('destroyed', () => destroy(app.folder, [NAME], env));
  await expect(stack.aws.s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  expect(await statusOf(stack.aws, NAME)).toBeUndefined();
  for (const api of [`${output('HttpApiId')}/$default`, `${output('RestApiId')}/${output('RestApiStage')}`])
    expect((await post(`${api}/things/lamp`, '')).status, api).not.toBe(201);
  const left = [...(await takeInventory(stack.aws))].filter((item) => !before.has(item));
  expect(left).toEqual([]);
});

function output(name: string): string {
  const value = stack.outputs[name];
  if (value === undefined) throw new Error(`${NAME} has no output ${name}`);
  return value;
}

function post(path: string, body: string): Promise<Response> {
  return fetch(`${emulator.url}/_aws/execute-api/${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain' },
    signal: AbortSignal.timeout(15_000),
  });
}

async function send(MessageBody: string): Promise<void> {
  await stack.aws.sqs.send(new SendMessageCommand({ QueueUrl: output('WorkQueueUrl'), MessageBody }));
}

async function firstMessages(queue: string, count: number, seconds = 30): Promise<string[]> {
  const end = Date.now() + seconds * 1000;
  const messages: string[] = [];
  while (messages.length < count) {
    if (Date.now() > end) throw new Error(`${messages.length} of ${count} messages after ${seconds} s`);
    messages.push(...(await takeMessages(stack.aws, output(queue))));
  }
  return messages;
}
