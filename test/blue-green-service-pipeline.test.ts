import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { DeliveryPipeline } from '../lib/blue-green-service/delivery-pipeline';
import { inTemporaryFolder } from '../lib/building-blocks/project-folder';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import { resourcesOf, type StackTemplate, templateOfConstructs, theOnly } from './support/apps';
import {
  actionOf,
  addPipeline,
  bucketOf,
  CONNECTION,
  GITHUB,
  pipelineOf,
  plain,
  plainText,
  rightsOf,
  stagesOf,
  synthesize,
  synthesizeServers,
} from './support/delivery-pipeline';
import { valueIn } from './support/deployed-values';
import { permissionsOf, statementsOf, textOf } from './support/fleet';
import { ContainerTarget, repositoryOf, ServerTarget } from './support/release-targets';
import { validate } from './support/validation';

const BUCKET = 's3:GetBucketAcl s3:GetBucketLocation s3:GetBucketVersioning';
const READ = 's3:GetObject s3:GetObjectTagging s3:GetObjectVersion s3:GetObjectVersionTagging';
const WRITE = 's3:PutObject s3:PutObjectTagging';
const ARTIFACTS: [string, string][] = [
  [BUCKET, '<DeliveryArtifacts.Arn>'],
  [`${READ} ${WRITE}`, '<DeliveryArtifacts.Arn>/*'],
];
const STATES = 'arn:<AWS::Partition>:states:ap-northeast-1:<AWS::AccountId>';
const PIPELINE_ARN = 'arn:<AWS::Partition>:codepipeline:ap-northeast-1:<AWS::AccountId>:<DeliveryPipeline>';

describe('the pipeline', () => {
  const template = synthesize();

  test('goes from the source to beta, and no further', () => {
    const { Properties } = pipelineOf(template);
    expect(Properties).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'SUPERSEDED' });
    const providers = Object.entries(stagesOf(template)).map(([name, actions]) => [
      name,
      ...actions.map(({ ActionTypeId, Name }) => `${Name} ${ActionTypeId.Provider}`),
    ]);
    expect(providers).toEqual([
      ['Source', 'Source S3'],
      ['Build', 'Build CodeBuild'],
      ['Beta', 'Release StepFunctions'],
    ]);
  });

  test('hands on what was fetched, its version, and the image that was pushed', () => {
    const source = actionOf(template, 'Source', 'Source');
    expect(source.Configuration).toEqual({
      S3Bucket: { Ref: bucketOf(template, 'SourceBucket').id },
      S3ObjectKey: 'source.zip',
      PollForSourceChanges: false,
    });
    const build = actionOf(template, 'Build', 'Build');
    expect(build.InputArtifacts).toEqual(source.OutputArtifacts);
    expect(build.OutputArtifacts).toBeUndefined();
    expect(JSON.parse(String(build.Configuration.EnvironmentVariables))).toEqual([
      { name: 'SOURCE_VERSION', type: 'PLAINTEXT', value: '#{Source_Source_NS.VersionId}' },
    ]);
    const release = actionOf(template, 'Beta', 'Release');
    expect(release.Configuration.Input).toBe('{"image":"#{Build_Build_NS.IMAGE_URI}"}');
  });

  test('gives each step the rights that it needs, and no more', () => {
    const assume = (template: StackTemplate) =>
      rightsOf(template).DeliveryPipelineRole?.filter(([actions]) => actions === 'sts:AssumeRole');
    expect(rightsOf(template)).toEqual({
      DeliverySourceSeedFunctionRole: [
        ['logs:CreateLogStream logs:PutLogEvents', '<DeliverySourceSeedFunctionLogGroup.Arn>'],
        ['xray:PutTelemetryRecords xray:PutTraceSegments', '*'],
        [
          's3:GetObject',
          expect.stringMatching(
            /^arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-\$\{AWS::AccountId\}-ap-northeast-1\/[0-9a-f]{64}\.zip$/,
          ),
        ],
        ['s3:ListBucket', '<DeliverySourceBucket.Arn>'],
        ['s3:GetObject s3:PutObject', '<DeliverySourceBucket.Arn>/source.zip'],
      ],
      DeliveryBuildRole: [
        ['logs:CreateLogStream logs:PutLogEvents', '<DeliveryBuildLogGroup.Arn>'],
        ...ARTIFACTS,
        [
          'codebuild:BatchPutTestCases codebuild:CreateReport codebuild:CreateReportGroup codebuild:UpdateReport',
          '<DeliveryBuildReports.Arn>',
        ],
        [
          'ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:CompleteLayerUpload ecr:DescribeImageScanFindings ecr:DescribeImages ecr:InitiateLayerUpload ecr:PutImage ecr:UploadLayerPart',
          'arn:<AWS::Partition>:ecr:ap-northeast-1:<AWS::AccountId>:repository/board',
        ],
        ['ecr:GetAuthorizationToken', '*'],
      ],
      DeliveryPipelineRole: [...ARTIFACTS, ...(assume(template) ?? [])],
      DeliveryPipelineSourceCodePipelineActionRole: [
        [BUCKET, '<DeliveryArtifacts.Arn>'],
        [BUCKET, '<DeliverySourceBucket.Arn>'],
        [READ, '<DeliverySourceBucket.Arn>/source.zip'],
        [WRITE, '<DeliveryArtifacts.Arn>/*'],
      ],
      DeliveryPipelineBuildCodePipelineActionRole: [
        ['codebuild:BatchGetBuilds codebuild:StartBuild codebuild:StopBuild', '<DeliveryBuildProject.Arn>'],
      ],
      DeliveryPipelineBetaReleaseCodePipelineActionRole: [
        ['states:DescribeStateMachine states:StartExecution', `${STATES}:stateMachine:release-Beta`],
        ['states:DescribeExecution', `${STATES}:execution:release-Beta:*`],
      ],
      DeliveryPipelineEventsRole: [['codepipeline:StartPipelineExecution', PIPELINE_ARN]],
      DeliveryOutcomeEventsRole: [['sns:Publish', '<DeliveryTopic>']],
    });
    expect(assume(template)?.map(([, role]) => role)).toEqual(
      ['BetaRelease', 'Build', 'Source'].map((name) => `<DeliveryPipeline${name}CodePipelineActionRole.Arn>`),
    );
  });

  test('takes each role of its steps itself', () => {
    for (const [id, { Properties }] of Object.entries(resourcesOf(template, 'AWS::IAM::Role'))) {
      if (!id.includes('CodePipelineActionRole')) continue;
      const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: { Principal: object }[] };
      expect(Statement.map(({ Principal }) => textOf(Object.values(Principal)[0]))).toEqual([
        expect.stringMatching(/^<DeliveryPipelineRole[0-9A-F]{8}\.Arn>$/),
      ]);
    }
  });

  test('gives no step a managed policy', () => {
    const managed = Object.entries(resourcesOf(template, 'AWS::IAM::Role')).flatMap(([id, { Properties }]) =>
      ((Properties.ManagedPolicyArns ?? []) as unknown[]).map((arn) => `${id} ${textOf(arn)}`),
    );
    expect(managed).toEqual([]);
  });

  test('starts when all that it needs is there: the source, the build, the target, and the rights of all', () => {
    const { DependsOn = [] } = pipelineOf(template);
    const waitedFor = DependsOn.map(plain);
    const policies = Object.entries(resourcesOf(template, 'AWS::IAM::Policy'))
      .filter(([id]) => /^Delivery(?:Pipeline|Build|Source)/.test(id) && !id.includes('EventsRole'))
      .map(([id]) => plain(id));
    expect(policies).toHaveLength(6);
    expect(waitedFor).toEqual(
      expect.arrayContaining([...policies, 'DeliverySourceSeed', 'DeliveryBuildReports']),
    );
    const servers = synthesizeServers();
    expect(pipelineOf(servers).DependsOn?.map(plain)).toEqual(
      expect.arrayContaining(['ServersGroup', 'ServersFleetASG', 'ServersFleetInstanceRoleDefaultPolicy']),
    );
  });
});

describe('the source bucket', () => {
  const template = synthesize();
  const bucket = bucketOf(template, 'SourceBucket');

  test('keeps versions, is private and logs who pushed', () => {
    expect(bucket.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: {
        DestinationBucketName: { Ref: bucketOf(template, 'AccessLogsBucket').id },
        LogFilePrefix: 'source/',
      },
      LifecycleConfiguration: {
        Rules: [
          {
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            ExpiredObjectDeleteMarker: true,
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            Status: 'Enabled',
          },
        ],
      },
    });
  });

  test('tells EventBridge of a push, which starts the pipeline', () => {
    expect(bucket.Properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    const rules = Object.entries(resourcesOf(template, 'AWS::Events::Rule'));
    const [, push] = rules.find(([id]) => id.startsWith('DeliveryPipelinePush')) ?? [];
    expect(push?.Properties.EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: bucket.id }] }, object: { key: ['source.zip'] } },
    });
    const [target] = (push?.Properties.Targets ?? []) as { Arn: unknown; RoleArn: unknown }[];
    expect(plainText(textOf(target?.Arn).replace('arn:aws:', 'arn:<AWS::Partition>:'))).toBe(PIPELINE_ARN);
    expect(plainText(textOf(target?.RoleArn))).toBe('<DeliveryPipelineEventsRole.Arn>');
  });

  test('gets the application once, by a function that is told where it is', () => {
    const seed = theOnly(template, 'Custom::SourceSeed');
    expect(seed.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^DeliverySourceSeedFunction/), 'Arn'] },
      Bucket: { Ref: bucket.id },
      Key: 'source.zip',
      SourceBucket: { 'Fn::Sub': expect.stringMatching(/^cdk-hnb659fds-assets-/) },
      SourceKey: expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
    });
    expect(seed.DependsOn?.map(plain)).toContain('DeliverySourceSeedFunctionRoleDefaultPolicy');
    const lambda = resourcesOf(template, 'AWS::Lambda::Function');
    const [, provider] = Object.entries(lambda).find(([id]) => id.startsWith('DeliverySource')) ?? [];
    expect(provider?.Properties).toMatchObject({ Timeout: 60, MemorySize: 256 });
  });

  test('says how to push', () => {
    let command = '';
    const own = templateOfConstructs((stack) => {
      command = valueIn(stack.resolve(addPipeline(stack).pushCommand));
    });
    expect(command).toBe(
      `git -C 'services/notice-board' archive --format=zip HEAD . | aws s3 cp - s3://<${bucketOf(own, 'SourceBucket').id}>/source.zip`,
    );
  });

  test('changes nothing of the pipeline when the application changes', () => {
    inTemporaryFolder((folder) => {
      cpSync('services/notice-board', folder, {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      });
      const [before, after] = ['first', 'second'].map((text) => {
        writeFileSync(join(folder, 'note.txt'), text);
        return synthesize(() => ({ application: folder }));
      });
      const changed = Object.entries(after?.Resources ?? {})
        .filter(([id, resource]) => JSON.stringify(resource) !== JSON.stringify(before?.Resources[id]))
        .map(([id]) => plain(id));
      expect(changed).toEqual(['DeliverySourceSeedFunctionRoleDefaultPolicy', 'DeliverySourceSeed']);
    });
  });

  test('takes no notice of what tools leave in the folder', () => {
    inTemporaryFolder((folder) => {
      writeFileSync(join(folder, 'buildspec.yml'), 'version: 0.2');
      const keyOf = () =>
        theOnly(
          synthesize(() => ({ application: folder })),
          'Custom::SourceSeed',
        ).Properties.SourceKey;
      const clean = keyOf();
      for (const name of ['.git', 'build', 'coverage', 'dist', 'node_modules', 'reports']) {
        cpSync('lib/intranet', join(folder, name), { recursive: true });
        expect(keyOf(), name).toBe(clean);
      }
      writeFileSync(join(folder, 'server.ts'), '');
      expect(keyOf()).not.toBe(clean);
    });
  });
});

describe('a connection', () => {
  const template = synthesize(() => ({ source: { ...GITHUB, repository: 'group/sub/board' } }));

  test('brings the commits of a branch, and no bucket', () => {
    const source = actionOf(template, 'Source', 'Source');
    expect(source.ActionTypeId.Provider).toBe('CodeStarSourceConnection');
    expect(source.Configuration).toEqual({
      ConnectionArn: CONNECTION,
      FullRepositoryId: 'group/sub/board',
      BranchName: 'main',
    });
    const { Configuration } = actionOf(template, 'Build', 'Build');
    expect(Configuration.EnvironmentVariables).toContain('"#{Source_Source_NS.CommitId}"');
    expect(resourcesOf(template, 'Custom::SourceSeed')).toEqual({});
    expect(Object.keys(resourcesOf(template, 'AWS::S3::Bucket')).map(plain)).toEqual([
      'DeliveryAccessLogsBucket',
      'DeliveryArtifacts',
    ]);
  });

  test('may be used under both names of the service', () => {
    expect(rightsOf(template).DeliveryPipelineSourceCodePipelineActionRole).toEqual([
      [
        'codeconnections:UseConnection codestar-connections:UseConnection',
        CONNECTION.replace('arn:aws:', 'arn:<AWS::Partition>:'),
      ],
      [BUCKET, '<DeliveryArtifacts.Arn>'],
      [`${READ} s3:PutObject s3:PutObjectAcl s3:PutObjectTagging`, '<DeliveryArtifacts.Arn>/*'],
    ]);
  });

  test('takes another branch', () => {
    const other = synthesize(() => ({ source: { ...GITHUB, branch: 'release/1.x' } }));
    expect(actionOf(other, 'Source', 'Source').Configuration).toMatchObject({
      FullRepositoryId: 'acme/board',
      BranchName: 'release/1.x',
    });
  });

  test('leaves nothing to push to', () => {
    templateOfConstructs((stack) => {
      const { pushCommand, sourceBucket } = addPipeline(stack, { source: GITHUB });
      expect([pushCommand, sourceBucket]).toEqual([undefined, undefined]);
    });
  });
});

describe('the build', () => {
  const template = synthesize();

  test('runs on arm64 without privileges, and ends', () => {
    const { Properties } = theOnly(template, 'AWS::CodeBuild::Project');
    expect(Properties).toMatchObject({
      Artifacts: { Type: 'CODEPIPELINE' },
      Source: { Type: 'CODEPIPELINE' },
      EncryptionKey: 'alias/aws/s3',
      TimeoutInMinutes: 30,
      QueuedTimeoutInMinutes: 60,
      LogsConfig: {
        CloudWatchLogs: {
          Status: 'ENABLED',
          GroupName: { Ref: expect.stringMatching(/^DeliveryBuildLogGroup/) },
        },
      },
    });
    const { EnvironmentVariables, ...environment } = Properties.Environment as Record<string, unknown>;
    expect(environment).toEqual({
      ComputeType: 'BUILD_GENERAL1_SMALL',
      Image: 'aws/codebuild/amazonlinux-aarch64-standard:4.0',
      ImagePullCredentialsType: 'CODEBUILD',
      PrivilegedMode: false,
      Type: 'ARM_CONTAINER',
    });
    expect(Properties.VpcConfig).toBeUndefined();
    const variables = (EnvironmentVariables as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
      Name,
      valueIn(Value),
    ]);
    expect(variables).toEqual([
      ['TARGET', 'container'],
      ['REPOSITORY_URI', '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/board'],
      ['MAX_SEVERITY', 'CRITICAL'],
    ]);
  });

  test('reports to a group that is there, under the name that CodeBuild looks for', () => {
    const { Properties } = theOnly(template, 'AWS::CodeBuild::ReportGroup');
    expect(plainText(textOf(Properties.Name))).toBe('<DeliveryBuildProject>-unit-tests');
    expect(Properties.Type).toBe('TEST');
  });

  test('lets findings pass, or stops at less', () => {
    const strict = synthesize(() => ({ maxSeverity: 'LOW' }));
    const { Environment } = theOnly(strict, 'AWS::CodeBuild::Project').Properties;
    expect(Environment).toMatchObject({
      EnvironmentVariables: expect.arrayContaining([
        { Name: 'MAX_SEVERITY', Type: 'PLAINTEXT', Value: 'LOW' },
      ]),
    });
  });
});

describe('servers', () => {
  const template = synthesizeServers();

  test('get the folder that the build made', () => {
    const build = actionOf(template, 'Build', 'Build');
    const release = actionOf(template, 'Beta', 'Release');
    expect(build.OutputArtifacts).toEqual([{ Name: 'Built' }]);
    expect(release.InputArtifacts).toEqual([{ Name: 'Built' }]);
    expect(release.ActionTypeId.Provider).toBe('CodeDeploy');
    const { Environment } = theOnly(template, 'AWS::CodeBuild::Project').Properties;
    expect(Environment).toMatchObject({
      EnvironmentVariables: expect.arrayContaining([
        { Name: 'TARGET', Type: 'PLAINTEXT', Value: 'servers' },
        { Name: 'REPOSITORY_URI', Type: 'PLAINTEXT', Value: '' },
      ]),
    });
  });

  test('may read it, and the build may push nowhere', () => {
    const [fleetRole = ''] = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).filter((id) =>
      id.startsWith('ServersFleetInstanceRole'),
    );
    const read = permissionsOf(template, fleetRole).map(([actions, to]) => [actions, plainText(to)]);
    expect(read).toEqual([
      [BUCKET, '<DeliveryArtifacts.Arn>'],
      [READ, '<DeliveryArtifacts.Arn>/*'],
    ]);
    const { DeliveryBuildRole = [] } = rightsOf(template);
    expect(DeliveryBuildRole.filter(([actions]) => actions.includes('ecr:'))).toEqual([]);
  });

  test('decrypt with a key of one’s own, and encrypt nothing', () => {
    const own = templateOfConstructs((stack) => {
      const key = new kms.Key(stack, 'Key');
      new DeliveryPipeline(stack, 'Delivery', { target: new ServerTarget(stack, 'Servers'), key });
    });
    const [fleetRole = ''] = Object.keys(resourcesOf(own, 'AWS::IAM::Role')).filter((id) =>
      id.startsWith('ServersFleetInstanceRole'),
    );
    const ofKey = permissionsOf(own, fleetRole).filter(([actions]) => actions.includes('kms:'));
    expect(ofKey).toEqual([['kms:Decrypt', expect.stringMatching(/^<Key[0-9A-F]{8}\.Arn>$/)]]);
  });

  test('are approved by the version of the source', () => {
    const whole = templateOfConstructs(
      (stack) =>
        new DeliveryPipeline(stack, 'Delivery', {
          target: new ServerTarget(stack, 'Servers'),
          production: new ServerTarget(stack, 'More'),
        }),
    );
    expect(actionOf(whole, 'Production', 'Approve').Configuration.CustomData).toBe(
      'Beta has it. Approve to release the same to production: source version #{Source_Source_NS.VersionId}',
    );
    expect(actionOf(whole, 'Production', 'Release').InputArtifacts).toEqual([{ Name: 'Built' }]);
    expect(pipelineOf(whole).DependsOn?.map(plain)).toEqual(
      expect.arrayContaining(['ServersGroup', 'MoreGroup']),
    );
    const { DeletionPolicy } = theOnly(whole, 'AWS::CodeBuild::ReportGroup');
    expect(DeletionPolicy, 'copied code keeps what it has').toBe('Retain');
  });
});

describe('production', () => {
  const template = synthesize(() => ({ reviewUrl: 'https://beta.example.com' }), true);

  test('gets what was in beta, when somebody has approved it', () => {
    const production = stagesOf(template).Production?.map(({ Name, RunOrder }) => `${RunOrder} ${Name}`);
    expect(Object.keys(stagesOf(template))).toEqual(['Source', 'Build', 'Beta', 'Production']);
    expect(production).toEqual(['1 Approve', '2 Release']);
    const release = actionOf(template, 'Production', 'Release').Configuration;
    expect(release.Input).toBe(actionOf(template, 'Beta', 'Release').Configuration.Input);
    expect(textOf(release.StateMachineArn)).toMatch(/:stateMachine:release-Production$/);
  });

  test('asks the topic for the approval, and says of what', () => {
    const approve = actionOf(template, 'Production', 'Approve');
    expect(approve.ActionTypeId.Provider).toBe('Manual');
    expect(approve.Configuration).toEqual({
      NotificationArn: { Ref: theOnly(template, 'AWS::SNS::Topic').id },
      CustomData: 'Beta has it. Approve to release the same to production: #{Build_Build_NS.IMAGE_URI}',
      ExternalEntityLink: 'https://beta.example.com',
    });
    expect(rightsOf(template).DeliveryPipelineProductionApproveCodePipelineActionRole).toEqual([
      ['sns:Publish', '<DeliveryTopic>'],
    ]);
  });
});

describe('notifications', () => {
  const outcomeOf = (template: StackTemplate) => {
    const rules = Object.entries(resourcesOf(template, 'AWS::Events::Rule'));
    const [, rule] = rules.find(([id]) => id.startsWith('DeliveryOutcome')) ?? [];
    if (!rule) throw new Error('there is no rule');
    return rule.Properties as {
      EventPattern: { detail: { state: string[] } };
      Targets: { Arn: unknown; InputTransformer: { InputTemplate: unknown; InputPathsMap: object } }[];
    };
  };

  test('tell in a sentence how an execution of this pipeline ended', () => {
    const template = synthesize();
    const { EventPattern, Targets } = outcomeOf(template);
    const { id } = pipelineOf(template);
    expect(EventPattern).toEqual({
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: { pipeline: [{ Ref: id }], state: ['SUCCEEDED', 'FAILED', 'CANCELED'] },
    });
    const [target] = Targets;
    expect(target?.Arn).toEqual({ Ref: theOnly(template, 'AWS::SNS::Topic').id });
    expect(target?.InputTransformer.InputPathsMap).toEqual({
      'detail-state': '$.detail.state',
      'detail-execution-id': '$.detail.execution-id',
    });
    expect(textOf(target?.InputTransformer.InputTemplate)).toBe(
      `"<detail-state>: execution <detail-execution-id> of the pipeline <${id}>. https://ap-northeast-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/<${id}>/view?region=ap-northeast-1"`,
    );
  });

  test('are about what one wants to know', () => {
    const template = synthesize(() => ({ notifiedOutcomes: ['FAILED'] }));
    expect(outcomeOf(template).EventPattern.detail.state).toEqual(['FAILED']);
  });

  test('come by e-mail, by way of a topic that takes TLS only', () => {
    const template = synthesize(() => ({ alarmEmail: 'team@example.com' }));
    const topic = { Ref: theOnly(template, 'AWS::SNS::Topic').id };
    expect(theOnly(template, 'AWS::SNS::Subscription').Properties).toEqual({
      Protocol: 'email',
      Endpoint: 'team@example.com',
      TopicArn: topic,
    });
    const { PolicyDocument } = theOnly(template, 'AWS::SNS::TopicPolicy').Properties;
    expect(PolicyDocument).toMatchObject({
      Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    });
  });

  test("go to somebody else's topic, whose policy stays as it is", () => {
    const arn = 'arn:aws:sns:ap-northeast-1:123456789012:team';
    const template = synthesize(
      (stack) => ({ alarmTopic: sns.Topic.fromTopicArn(stack, 'Team', arn) }),
      true,
    );
    expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual({});
    expect(resourcesOf(template, 'AWS::SNS::TopicPolicy')).toEqual({});
    const { DeliveryOutcomeEventsRole, DeliveryPipelineProductionApproveCodePipelineActionRole } =
      rightsOf(template);
    const publish = [['sns:Publish', arn.replace('arn:aws:', 'arn:<AWS::Partition>:')]];
    expect(DeliveryOutcomeEventsRole).toEqual(publish);
    expect(DeliveryPipelineProductionApproveCodePipelineActionRole).toEqual(publish);
    expect(actionOf(template, 'Production', 'Approve').Configuration.NotificationArn).toBe(arn);
  });
});

describe('what is built', () => {
  test('is encrypted with the keys of S3, and forgotten after a while', () => {
    const template = synthesize();
    const { Properties } = bucketOf(template, 'Artifacts');
    expect(Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LoggingConfiguration: { LogFilePrefix: 'artifacts/' },
      LifecycleConfiguration: {
        Rules: [
          { ExpirationInDays: 90, Status: 'Enabled' },
          { NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
        ],
      },
    });
    expect(pipelineOf(template).Properties.ArtifactStore).toEqual({
      Location: { Ref: bucketOf(template, 'Artifacts').id },
      Type: 'S3',
    });
    expect(resourcesOf(template, 'AWS::KMS::Key')).toEqual({});
  });

  test('is kept for servers, since a new one fetches the last release, however old it is', () => {
    const { Rules } = bucketOf(synthesizeServers(), 'Artifacts').Properties.LifecycleConfiguration as {
      Rules: object[];
    };
    expect(Rules).toEqual([expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } })]);
  });

  test('is encrypted with a key of one’s own, for the use of which each step has a right', () => {
    const template = synthesize((stack) => ({ key: new kms.Key(stack, 'Key') }));
    const { id } = theOnly(template, 'AWS::KMS::Key');
    const arn = { 'Fn::GetAtt': [id, 'Arn'] };
    for (const name of ['Artifacts', 'SourceBucket']) {
      expect(bucketOf(template, name).Properties.BucketEncryption, name).toEqual({
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
          },
        ],
      });
    }
    expect(pipelineOf(template).Properties.ArtifactStore).toMatchObject({
      EncryptionKey: { Type: 'KMS', Id: arn },
    });
    expect(theOnly(template, 'AWS::CodeBuild::Project').Properties.EncryptionKey).toEqual(arn);
    const ofKey = Object.entries(rightsOf(template)).flatMap(([role, rights]) => {
      const actions = rights.filter(([, to]) => to === `<${plain(id)}.Arn>`).map(([given]) => given);
      return actions.length > 0 ? [[role, ...actions]] : [];
    });
    expect(ofKey).toEqual([
      ['DeliverySourceSeedFunctionRole', 'kms:Decrypt kms:GenerateDataKey'],
      ['DeliveryBuildRole', 'kms:Decrypt kms:GenerateDataKey'],
      ['DeliveryPipelineRole', 'kms:Decrypt kms:GenerateDataKey'],
      ['DeliveryPipelineSourceCodePipelineActionRole', 'kms:Decrypt kms:GenerateDataKey'],
    ]);
  });
});

describe.each<[string, Profile, string, boolean]>([
  ['the sandbox', SANDBOX, 'Delete', true],
  ['production', PRODUCTION, 'Retain', false],
])('in %s', (_, profile, policy, empties) => {
  const template = synthesize(() => ({ profile }));

  test(`what holds something has the policy ${policy}`, () => {
    const holders = ['AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::CodeBuild::ReportGroup'].flatMap(
      (type) => Object.values(resourcesOf(template, type)),
    );
    expect(holders).toHaveLength(6);
    for (const { DeletionPolicy, UpdateReplacePolicy } of holders) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
    }
    const emptied = Object.keys(resourcesOf(template, 'Custom::S3AutoDeleteObjects'));
    expect(emptied).toHaveLength(empties ? 3 : 0);
    const { DeleteReports } = theOnly(template, 'AWS::CodeBuild::ReportGroup').Properties;
    expect(DeleteReports).toBe(empties);
  });

  test('logs are kept as long as the profile says', () => {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays).toBe(profile.logRetention);
    }
  });

  test.each<[string, (app: App) => void]>([
    ['a push', (app) => addPipeline(stackOf(app), { profile, alarmEmail: 'team@example.com' }, true)],
    ['a connection', (app) => addPipeline(stackOf(app), { profile, source: GITHUB })],
    [
      'a key',
      (app) => {
        const stack = stackOf(app);
        addPipeline(stack, { profile, key: new kms.Key(stack, 'Key', { enableKeyRotation: true }) });
      },
    ],
  ])('the gate finds nothing, with %s', (_source, addStacks) => {
    const { findings, stale } = validate(addStacks);
    const ours = ['AwsSolutions', 'Serverless', 'CloudFormation-Validate'];
    expect(findings.filter(({ pack }) => ours.includes(pack))).toEqual([]);
    expect(stale).toEqual([]);
  });
});

const stackOf = (app: App) => new Stack(app, 'Stack');

test('the gate finds nothing of the pipeline with servers, and no acknowledgement too many', () => {
  const { findings, stale } = validate((app) => {
    const stack = stackOf(app);
    return new DeliveryPipeline(stack, 'Delivery', { target: new ServerTarget(stack, 'Servers') });
  });
  const ours = ['AwsSolutions', 'Serverless', 'CloudFormation-Validate'];
  const ofPipeline = findings.filter(
    ({ pack, path, rule }) => ours.includes(pack) && (path.startsWith('Stack/Delivery') || /IAM5/.test(rule)),
  );
  expect(ofPipeline).toEqual([]);
  expect(stale).toEqual([]);
});

test('two fit into a stack, and neither has a right to what is of the other', () => {
  const template = templateOfConstructs((stack) => {
    const repository = repositoryOf(stack);
    for (const name of ['First', 'Second']) {
      new DeliveryPipeline(stack, name, { target: new ContainerTarget(stack, `${name}Target`, repository) });
    }
  });
  expect(Object.keys(resourcesOf(template, 'AWS::CodePipeline::Pipeline'))).toHaveLength(2);
  const roles = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).filter((id) => /^First/.test(id));
  expect(roles.length).toBeGreaterThan(5);
  for (const role of roles) {
    expect(JSON.stringify(statementsOf(template, role))).not.toContain('"Second');
  }
});

test('its parts are at hand', () => {
  const template = templateOfConstructs((stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    const delivery = addPipeline(stack, { alarmTopic: topic });
    const { artifactBucket, buildProject, pipeline, pipelineUrl, sourceBucket } = delivery;
    expect(delivery.alarmTopic).toBe(topic);
    expect(pipelineUrl).toContain(`/pipelines/${pipeline.pipelineName}/view`);
    expect(pipeline.stageCount).toBe(3);
    const ids = [artifactBucket, buildProject, sourceBucket].map((part) => part?.node.path);
    expect(ids).toEqual(
      ['Delivery/Artifacts', 'Delivery/Build/Project', 'Delivery/Source/Bucket'].map(
        (path) => `Stack/${path}`,
      ),
    );
  });
  expect(template).toBeDefined();
});
