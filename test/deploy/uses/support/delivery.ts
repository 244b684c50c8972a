import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetBucketVersioningCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ACCOUNT } from '../../support/cli';
import { controlOf } from '../../support/control';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { repositoryOf } from './board-images';

const KEY = 'source.zip';

/** What somebody pushes. */
const PUSHED = 'a push that nobody may overwrite';

/** An action of a pipeline. */
interface Action {
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, string>>;
}

/** A stage of a pipeline. */
interface Stage {
  readonly Name: string;
  readonly Actions: readonly Action[];
}

/** A project of CodeBuild. */
interface Project {
  readonly environment?: {
    readonly type: string;
    readonly privilegedMode?: boolean;
    readonly environmentVariables: readonly { readonly name: string; readonly value: string }[];
  };
}

/** The bucket to which the source is pushed. */
async function sourceBucketOf({ idsOf, outputs }: DeployedStack): Promise<string> {
  const buckets = await idsOf('AWS::S3::Bucket');
  const bucket = buckets.find((name) => outputs.PushCommand?.endsWith(`s3://${name}/${KEY}`));
  if (!bucket) throw new Error(`${outputs.PushCommand} leads to none of ${buckets}`);
  return bucket;
}

/** Shows that the bucket of the source begins with the application, without what no commit holds. */
export async function seed(stack: DeployedStack): Promise<void> {
  const Bucket = await sourceBucketOf(stack);
  const { Status } = await stack.aws.s3.send(new GetBucketVersioningCommand({ Bucket }));
  assert.equal(Status, 'Enabled');
  const { Body } = await stack.aws.s3.send(new GetObjectCommand({ Bucket, Key: KEY }));
  const folder = mkdtempSync(join(tmpdir(), 'source-'));
  try {
    const file = join(folder, KEY);
    writeFileSync(file, (await Body?.transformToByteArray()) ?? '');
    const python = ['-c', 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])'];
    execFileSync('python3', [...python, file, folder]);
    for (const name of ['Dockerfile', 'buildspec.yml', 'package-lock.json', 'server.ts', 'release/main.ts']) {
      assert.equal(
        readFileSync(join(folder, name), 'utf8'),
        readFileSync(join('services', 'notice-board', name), 'utf8'),
        name,
      );
    }
    assert.throws(() => readFileSync(join(folder, 'node_modules', '.package-lock.json')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pushes something in the place of the application, to be looked for later. */
export async function pushSource(stack: DeployedStack): Promise<void> {
  if (!(await emulatorOf(stack.aws))) return;
  const Bucket = await sourceBucketOf(stack);
  await stack.aws.s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: PUSHED }));
}

/** Shows that what was pushed is still there. */
export async function pushIsKept(stack: DeployedStack): Promise<void> {
  if (!(await emulatorOf(stack.aws))) return;
  const Bucket = await sourceBucketOf(stack);
  const { Body } = await stack.aws.s3.send(new GetObjectCommand({ Bucket, Key: KEY }));
  assert.equal(await Body?.transformToString(), PUSHED);
}

/** Shows that a push starts the pipeline. */
export async function startsAtPush(stack: DeployedStack): Promise<void> {
  const { eventBridge } = stack.aws;
  const { Rules = [] } = await eventBridge.send(new ListRulesCommand({}));
  const bucket = await sourceBucketOf(stack);
  const rules = Rules.filter(({ EventPattern = '' }) => EventPattern.includes(bucket));
  assert.equal(rules.length, 1);
  assert.deepEqual(JSON.parse(rules[0]?.EventPattern ?? '{}'), {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, object: { key: [KEY] } },
  });
  const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule: rules[0]?.Name }));
  const pipeline = await stack.idOf('AWS::CodePipeline::Pipeline');
  assert.deepEqual(
    Targets.map(({ Arn }) => Arn?.split(':').at(-1)),
    [pipeline],
  );
}

/** Shows which stages the pipeline has, and to what its last one releases; in an emulator, which keeps what it was given. */
export async function stages(
  stack: DeployedStack,
  provider: 'StepFunctions' | 'CodeDeploy' = 'StepFunctions',
): Promise<void> {
  const pipeline = await recordOf(stack, 'AWS::CodePipeline::Pipeline');
  if (!pipeline) return;
  const { ExecutionMode, PipelineType, Stages } = pipeline as {
    ExecutionMode: string;
    PipelineType: string;
    Stages: Stage[];
  };
  assert.deepEqual([PipelineType, ExecutionMode], ['V2', 'SUPERSEDED']);
  assert.deepEqual(
    Stages.map(({ Actions, Name }) => [Name, ...Actions.map(({ ActionTypeId }) => ActionTypeId.Provider)]),
    [
      ['Source', 'S3'],
      ['Build', 'CodeBuild'],
      ['Beta', provider],
    ],
  );
  const [source, build, beta] = Stages.map(({ Actions }) => Actions[0]?.Configuration ?? {});
  assert.deepEqual([source?.S3Bucket, source?.S3ObjectKey], [await sourceBucketOf(stack), KEY]);
  assert.equal(build?.ProjectName, await stack.idOf('AWS::CodeBuild::Project'));
  if (provider === 'CodeDeploy') {
    assert.equal(beta?.ApplicationName, await stack.idOf('AWS::CodeDeploy::Application'));
    assert.equal(beta?.DeploymentGroupName, await stack.idOf('AWS::CodeDeploy::DeploymentGroup'));
  } else {
    assert.equal(beta?.StateMachineArn, await stack.idOf('AWS::StepFunctions::StateMachine'));
    assert.match(JSON.parse(beta?.Input ?? '{}').image, /^#\{\w+\.IMAGE_URI\}$/);
  }
}

/** Shows that the build runs on arm64 and unprivileged, and knows where its images belong. */
export async function build(stack: DeployedStack): Promise<void> {
  const url = await emulatorOf(stack.aws);
  if (!url) return;
  const names = [await stack.idOf('AWS::CodeBuild::Project')];
  // The only question to CodeBuild in all tests, for which its client would be one more package.
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CodeBuild_20161006.BatchGetProjects',
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${stack.aws.region}/codebuild/aws4_request`,
    },
    body: JSON.stringify({ names }),
  });
  const { projects } = (await answer.json()) as { projects: Project[] };
  const { environmentVariables, privilegedMode = false, type } = projects[0]?.environment ?? {};
  assert.deepEqual([type, privilegedMode], ['ARM_CONTAINER', false]);
  const variables = Object.fromEntries((environmentVariables ?? []).map(({ name, value }) => [name, value]));
  const { repositoryUri } = await repositoryOf(stack);
  assert.deepEqual(variables, {
    TARGET: 'container',
    REPOSITORY_URI: repositoryUri,
    MAX_SEVERITY: 'CRITICAL',
  });
}

/** The properties that an emulator keeps of the only resource of a type; undefined with a real account. */
export async function recordOf(
  stack: DeployedStack,
  type: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const url = await emulatorOf(stack.aws);
  if (!url) return undefined;
  const id = await stack.idOf(type);
  const record = (await controlOf({ url }).records()).find((each) => each.type === type && each.id === id);
  assert.ok(record, `${type} ${id} is not recorded`);
  return record.properties;
}
