import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Size, Stack, TimeZone, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Period } from 'aws-cdk-lib/aws-apigateway';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { SANDBOX } from '../lib/profile';
import { HttpApiGateway } from '../lib/serverless-api/http-api-gateway';
import { RestApiGateway } from '../lib/serverless-api/rest-api-gateway';
import { ServerlessApi, type ServerlessApiProps } from '../lib/serverless-api/serverless-api';
import { ServerlessApiStack, type ServerlessApiStackProps } from '../lib/serverless-api/serverless-api-stack';
import type { Stage } from '../lib/serverless-api/stage';
import { apiRoutesOf } from './support/api-routes';
import { createApp, resourcesOf, type StackTemplate, templateOfConstructs, theOnly } from './support/apps';
import type { BadInput } from './support/bad-input';
import { badSiteDomains } from './support/bad-site-domains';
import { valueIn } from './support/deployed-values';
import { alarmsOf } from './support/fleet-alarms';
import { DOMAIN, environmentOf, frontOf, functionsOf, synthesize } from './support/serverless-api';
import { uploadedSiteOf } from './support/site-upload';

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const WEB_ACL =
  'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/12345678-1234-1234-1234-123456789012';

/** How long each function may run. */
const SECONDS = { apiFunction: '1 to 29', uploadFunction: '1 to 900', cleanUpFunction: '60 to 900' };

const certificateOf = (stack: Stack, id: string, region: string) =>
  acm.Certificate.fromCertificateArn(stack, id, ARN.replace('us-east-1', region));
const zoneOf = (stack: Stack, id = 'Zone', zoneName = 'example.com') =>
  route53.HostedZone.fromHostedZoneAttributes(stack, id, { ...DOMAIN.hostedZone, zoneName });

/** A system without a stack of its own. */
function synthesizeDesk(propsOf: (stack: Stack) => ServerlessApiProps): StackTemplate {
  return templateOfConstructs((stack) => new ServerlessApi(stack, 'Desk', propsOf(stack)));
}

describe('takes what a project has', () => {
  test.each(['http', 'rest'] as const)('users, with a %s API', (api) => {
    const template = synthesizeDesk((stack) => ({
      api,
      profile: SANDBOX,
      authentication: true,
      userPool: cognito.UserPool.fromUserPoolId(stack, 'Pool', 'ap-northeast-1_AbCdEfGhI'),
      userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'Pages', 'people'),
    }));
    expect(resourcesOf(template, 'AWS::Cognito::UserPool')).toEqual({});
    expect(resourcesOf(template, 'AWS::Cognito::UserPoolDomain')).toEqual({});
    const client = theOnly(template, 'AWS::Cognito::UserPoolClient');
    expect(client.Properties.UserPoolId).toBe('ap-northeast-1_AbCdEfGhI');
    expect(theOnly(template, 'AWS::Cognito::ManagedLoginBranding').Properties).toMatchObject({
      UserPoolId: 'ap-northeast-1_AbCdEfGhI',
      ClientId: { Ref: client.id },
    });
    expect(environmentOf(functionsOf(template).api).CLIENT_ID).toEqual({ Ref: client.id });
    for (const { scopes } of apiRoutesOf(template)) expect(scopes).toEqual(['openid']);
    const { SecurityHeadersConfig } = theOnly(template, 'AWS::CloudFront::ResponseHeadersPolicy').Properties
      .ResponseHeadersPolicyConfig as { SecurityHeadersConfig: Record<string, Record<string, unknown>> };
    const csp = valueIn(SecurityHeadersConfig.ContentSecurityPolicy?.ContentSecurityPolicy);
    expect(csp).toContain(' https://people.auth.ap-northeast-1.amazoncognito.com ');
  });

  test('a topic', () => {
    const template = synthesizeDesk((stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') }));
    const { id } = theOnly(template, 'AWS::SNS::Topic');
    expect(id).toMatch(/^Topic/);
    for (const { Properties } of Object.values(alarmsOf(template))) {
      expect(Properties).toMatchObject({ AlarmActions: [{ Ref: id }], OKActions: [{ Ref: id }] });
    }
  });

  test("a key, for the firewall's secrets", () => {
    const template = synthesizeDesk((stack) => ({
      key: new kms.Key(stack, 'Key'),
      originSecretGeneration: 2,
    }));
    const key = { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] };
    const secrets = Object.values(resourcesOf(template, 'AWS::SecretsManager::Secret'));
    expect(secrets.map(({ Properties }) => Properties.KmsKeyId)).toEqual([key, key]);
  });

  test('a web ACL for CloudFront', () => {
    const template = synthesize({ webAclId: WEB_ACL });
    expect(frontOf(template).config.WebACLId).toBe(WEB_ACL);
    // The API's own stays: CloudFront's sees nothing of what goes around it.
    expect(theOnly(template, 'AWS::WAFv2::WebACL').Properties.Scope).toBe('REGIONAL');
    expect(frontOf(synthesize()).config).not.toHaveProperty('WebACLId');
  });

  test('a site of its own, which is told what it must know', () => {
    const folder = mkdtempSync(join(tmpdir(), 'site-'));
    try {
      writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Mine</title>');
      writeFileSync(join(folder, 'about.html'), '<!doctype html><title>About</title>');
      const { config, files } = uploadedSiteOf({ profile: SANDBOX, siteContent: folder });
      expect(Object.keys(files).sort()).toEqual(['about.html', 'index.html']);
      expect(config).toMatchObject({ stage: 'prod', apiKeyRequired: false, signIn: null });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a zone whose name is not known yet', () => {
    const template = synthesizeDesk((stack) => ({
      domainName: DOMAIN.domainName,
      hostedZone: zoneOf(stack, 'Zone', Token.asString({ Ref: 'ZoneName' })),
      certificate: certificateOf(stack, 'Certificate', 'us-east-1'),
    }));
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Route53::RecordSet'))) {
      expect(Properties.Name).toBe('documents.example.com.');
    }
  });

  test('an hour for the clean-up', () => {
    const cleanUpSchedule = ScheduleExpression.cron({
      hour: '22',
      minute: '30',
      timeZone: TimeZone.EUROPE_BERLIN,
    });
    expect(theOnly(synthesize({ cleanUpSchedule }), 'AWS::Scheduler::Schedule').Properties).toMatchObject({
      ScheduleExpression: 'cron(30 22 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
  });
});

describe('the kind of API', () => {
  const kindOf = (props: ServerlessApiStackProps) =>
    'AWS::ApiGateway::RestApi' in
    Object.fromEntries(Object.values(synthesize(props).Resources).map(({ Type }) => [Type, true]))
      ? 'rest'
      : 'http';

  test.each<[ServerlessApiStackProps, 'http' | 'rest']>([
    [{}, 'rest'],
    [{ profile: SANDBOX }, 'http'],
    [{ webApplicationFirewall: false }, 'http'],
    [{ profile: SANDBOX, webApplicationFirewall: true }, 'rest'],
    [{ profile: SANDBOX, requestValidation: true }, 'rest'],
    [{ profile: SANDBOX, requestValidation: false }, 'http'],
    [{ profile: SANDBOX, usagePlan: {} }, 'rest'],
    [{ profile: SANDBOX, api: 'rest' }, 'rest'],
    [{ profile: SANDBOX, api: 'http' }, 'http'],
    [{ api: 'rest', webApplicationFirewall: false }, 'rest'],
  ])('of %j is %s', (props, expected) => {
    expect(kindOf(props)).toBe(expected);
  });
});

describe.each<[string, ServerlessApiProps]>([
  ['an HTTP API', { profile: SANDBOX, api: 'http' }],
  ['an HTTP API with sign-in', { profile: SANDBOX, api: 'http', authentication: true }],
  ['a REST API', { profile: SANDBOX, api: 'rest' }],
  ['a REST API with sign-in, a key and validation', { usagePlan: {}, requestValidation: true }],
])('a route of the user on %s', (_, props) => {
  const template = templateOfConstructs((stack) => {
    const hello = new lambda.Function(stack, 'Hello', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => "hello";'),
    });
    const { apiGateway } = new ServerlessApi(stack, 'Api', props);
    apiGateway.addRoute({ method: 'PATCH', path: '/hello/{name}' }, hello);
  });

  test("is as open or closed as the pattern's own, and of its own function", () => {
    const ways = Object.values({
      ...resourcesOf(template, 'AWS::ApiGatewayV2::Route'),
      ...resourcesOf(template, 'AWS::ApiGateway::Method'),
    }).map(({ Properties }) => Properties);
    const locks = ways.map((way) => [
      way.AuthorizationType,
      way.AuthorizerId,
      way.AuthorizationScopes,
      way.ApiKeyRequired,
    ]);
    expect(ways.length).toBeGreaterThan(6);
    expect(new Set(locks.map((lock) => JSON.stringify(lock))).size).toBe(1);
    const own = ways.filter((way) => way.HttpMethod === 'PATCH' || way.RouteKey === 'PATCH /hello/{name}');
    expect(own).toHaveLength(1);
    const { id } = theHello(template);
    const integrations = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Integration'));
    expect(JSON.stringify([own[0]?.Integration, integrations])).toContain(id);
  });

  test('may call it', () => {
    const { id } = theHello(template);
    const permissions = Object.values(resourcesOf(template, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) => JSON.stringify(Properties.FunctionName).includes(id),
    );
    expect(permissions).toHaveLength(1);
    expect(JSON.stringify(permissions[0]?.Properties.SourceArn)).toContain('/hello/');
  });
});

test('exposes its parts', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const rest = new ServerlessApi(stack, 'Rest', { usagePlan: {} });
  const http = new ServerlessApi(stack, 'Http', { profile: SANDBOX });
  expect(rest.apiGateway).toBeInstanceOf(RestApiGateway);
  expect(http.apiGateway).toBeInstanceOf(HttpApiGateway);
  expect([rest.apiKey === undefined, http.apiKey]).toEqual([false, undefined]);
  expect([rest.userPool === undefined, http.userPool]).toEqual([false, undefined]);
  for (const desk of [rest, http]) {
    for (const ref of [
      desk.table.tableName,
      desk.fileBucket.bucketName,
      desk.siteBucket.bucketName,
      desk.distribution.distributionId,
      desk.apiFunction.function.functionName,
      desk.uploadFunction.handler.function.functionName,
      desk.cleanUpFunction.handler.function.functionName,
      desk.uploadFunction.deadLetterQueue.queueUrl,
      desk.cleanUpFunction.schedule.scheduleName,
      desk.monitoring.dashboard.dashboardName,
    ]) {
      expect(stack.resolve(ref)).toHaveProperty('Ref');
    }
  }
});

test('nothing is warned about', () => {
  for (const props of [{}, { profile: SANDBOX }, { ...DOMAIN, env: { region: 'ap-northeast-1' } }]) {
    const stack = new ServerlessApiStack(createApp(), 'ServerlessApi', props);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([]);
  }
});

describe('refuses', () => {
  const stack = new Stack(createApp(), 'Stack', { env: { region: 'ap-northeast-1' } });
  const userPool = cognito.UserPool.fromUserPoolId(stack, 'Pool', 'ap-northeast-1_AbCdEfGhI');
  const userPoolDomain = cognito.UserPoolDomain.fromDomainName(stack, 'Pages', 'people');
  const ownDomain = cognito.UserPoolDomain.fromDomainName(stack, 'OwnPages', 'sign-in.example.com');
  const number = Token.asNumber({ Ref: 'Number' });
  const { domainName } = DOMAIN;
  const noSignIn = 'is of no use where nobody signs in; give authentication: true, or leave it out.';
  const http = { api: 'http' as const, webApplicationFirewall: false };
  const cases: BadInput<ServerlessApiProps>[] = [
    [
      'a stage that nobody knows',
      { stage: 'production' as Stage },
      'stage: "production" is not known; give one of dev, stg, prod.',
    ],
    [
      'a kind of API that there is not',
      { api: 'websocket' as 'http' },
      `api: "websocket" is not known; give 'http' or 'rest'.`,
    ],
    [
      'a firewall before an HTTP API',
      { api: 'http', webApplicationFirewall: true },
      'api: "http" has none of what webApplicationFirewall asks for; leave api out, or give webApplicationFirewall: false.',
    ],
    [
      "the profile's firewall before an HTTP API",
      { api: 'http' },
      `api: "http" has none of what the profile's webApplicationFirewall asks for; leave api out, or give webApplicationFirewall: false.`,
    ],
    [
      'validation by an HTTP API',
      { ...http, requestValidation: true },
      'api: "http" has none of what requestValidation asks for; leave api out, or give requestValidation: false.',
    ],
    [
      'keys of an HTTP API',
      { ...http, usagePlan: {} },
      'api: "http" has none of what usagePlan asks for; leave api out, or give no usagePlan.',
    ],
    [
      "a role for an HTTP API's logs",
      { ...http, cloudWatchRole: true },
      'cloudWatchRole: true is of no use with an HTTP API; leave it out.',
    ],
    [
      "no role for an HTTP API's logs, by the profile",
      { profile: SANDBOX, cloudWatchRole: false },
      'cloudWatchRole: false is of no use with an HTTP API; leave it out.',
    ],
    ...badSiteDomains(stack),
    [
      'users without their sign-in pages',
      { userPool },
      'userPool: "ap-northeast-1_AbCdEfGhI" needs a domain with its sign-in pages; give userPoolDomain too.',
    ],
    [
      'sign-in pages without their users',
      { userPoolDomain },
      'userPoolDomain: "people" is of no use without its pool; give userPool too.',
    ],
    [
      "sign-in pages on a domain of one's own",
      { userPool, userPoolDomain: ownDomain },
      `userPoolDomain: "sign-in.example.com" is no prefix of Cognito's own domain; give one that is.`,
    ],
    [
      'registration with users who exist',
      { userPool, userPoolDomain, selfSignUpEnabled: false },
      'selfSignUpEnabled: false is a matter of the given userPool; leave it out.',
    ],
    [
      'registration where nobody signs in',
      { authentication: false, selfSignUpEnabled: true },
      `selfSignUpEnabled: true ${noSignIn}`,
    ],
    [
      'registration where nobody signs in, by the profile',
      { profile: SANDBOX, selfSignUpEnabled: false },
      `selfSignUpEnabled: false ${noSignIn}`,
    ],
    [
      'no type of file',
      { allowedFileTypes: [] },
      'allowedFileTypes: [] would allow no file; give at least one media type.',
    ],
    ...['pdf', 'application/*', 'text/plain; charset=utf-8', 'Image/PNG', 'image/', 'a/b,c/d'].map(
      (type): BadInput<ServerlessApiProps> => [
        `the type ${type}`,
        { allowedFileTypes: ['image/png', type] },
        `allowedFileTypes: "${type}" is no media type; give one like 'application/pdf'.`,
      ],
    ),
    [
      'files of nothing',
      { maxFileSize: Size.bytes(0) },
      'maxFileSize: 0 is not possible; give 1 to 5368709120 bytes, without a fraction.',
    ],
    [
      'files that are larger than one PUT takes',
      { maxFileSize: Size.bytes(5 * 1024 ** 3 + 1) },
      'maxFileSize: 5368709121 is not possible; give 1 to 5368709120 bytes, without a fraction.',
    ],
    [
      'a folder that does not exist',
      { siteContent: 'no-such-folder' },
      'siteContent: "no-such-folder" is no folder; give the path of the one with the site.',
    ],
    [
      'a folder that is a file',
      { siteContent: 'package.json' },
      'siteContent: "package.json" is no folder; give the path of the one with the site.',
    ],
    [
      'no requests a second',
      { throttle: { rateLimit: 0, burstLimit: 1 } },
      'throttle.rateLimit: 0 is not possible; give 1 or more requests a second, without a fraction.',
    ],
    [
      'half a request at once',
      { throttle: { rateLimit: 1, burstLimit: 0.5 } },
      'throttle.burstLimit: 0.5 is not possible; give 1 or more requests, without a fraction.',
    ],
    ...(['apiFunction', 'uploadFunction', 'cleanUpFunction'] as const).flatMap(
      (name): BadInput<ServerlessApiProps>[] => [
        [
          `too little memory for ${name}`,
          { [name]: { memorySize: 127 } },
          `${name}.memorySize: 127 is not possible; give 128 to 10240 MiB, without a fraction.`,
        ],
        [
          `too much memory for ${name}`,
          { [name]: { memorySize: 10_241 } },
          `${name}.memorySize: 10241 is not possible; give 128 to 10240 MiB, without a fraction.`,
        ],
        [
          `a part of a MiB for ${name}`,
          { [name]: { memorySize: 512.5 } },
          `${name}.memorySize: 512.5 is not possible; give 128 to 10240 MiB, without a fraction.`,
        ],
        [
          `no concurrency for ${name}`,
          { [name]: { reservedConcurrentExecutions: 0 } },
          `${name}.reservedConcurrentExecutions: 0 is not possible; give 1 or more copies, without a fraction.`,
        ],
        [
          `half a second for ${name}`,
          { [name]: { timeout: Duration.millis(60_500) } },
          `${name}.timeout: "Duration.millis(60500)" is not possible; give ${SECONDS[name]} whole seconds.`,
        ],
        ...['TABLE_NAME', 'BUCKET_NAME', 'STAGE', 'NODE_OPTIONS', 'POWERTOOLS_SERVICE_NAME'].map(
          (variable): BadInput<ServerlessApiProps> => [
            `another ${variable} for ${name}`,
            { [name]: { environment: { A: '1', [variable]: 'mine' } } },
            `${name}.environment.${variable}: "mine" would replace what the pattern itself sets; leave it out.`,
          ],
        ),
      ],
    ),
    [
      'an API that answers after API Gateway gave up',
      { apiFunction: { timeout: Duration.seconds(30) } },
      'apiFunction.timeout: "Duration.seconds(30)" is not possible; give 1 to 29 whole seconds.',
    ],
    [
      'an upload of more than Lambda takes',
      { uploadFunction: { timeout: Duration.seconds(901) } },
      'uploadFunction.timeout: "Duration.seconds(901)" is not possible; give 1 to 900 whole seconds.',
    ],
    [
      'a clean-up of less than a minute',
      { cleanUpFunction: { timeout: Duration.seconds(59) } },
      'cleanUpFunction.timeout: "Duration.seconds(59)" is not possible; give 60 to 900 whole seconds.',
    ],
    ...['AUTHENTICATION', 'CLIENT_ID', 'MAX_FILE_SIZE', 'ALLOWED_FILE_TYPES'].map(
      (variable): BadInput<ServerlessApiProps> => [
        `another ${variable}`,
        { apiFunction: { environment: { [variable]: '' } } },
        `apiFunction.environment.${variable}: "" would replace what the pattern itself sets; leave it out.`,
      ],
    ),
    [
      'a size that is not known yet',
      { maxFileSize: Size.bytes(number) },
      'maxFileSize: "a token" is not known yet, but the functions and the site are told of it as text.',
    ],
    [
      'an upload of a time that is not known yet',
      { uploadFunction: { timeout: Duration.seconds(number) } },
      'uploadFunction.timeout: "a token" is not known yet, but the queue waits for six times as long.',
    ],
    [
      'a quota of nothing',
      { usagePlan: { quota: { limit: 0, period: Period.DAY } } },
      'usagePlan.quota.limit: 0 is not possible; give 1 or more requests, without a fraction.',
    ],
    [
      'a quota for no time',
      { usagePlan: { quota: { limit: 1 } } },
      'usagePlan.quota: {"limit":1} is half of a quota; give limit and period.',
    ],
    [
      'a time without a quota',
      { usagePlan: { quota: { period: Period.DAY } } },
      'usagePlan.quota: {"period":"DAY"} is half of a quota; give limit and period.',
    ],
    [
      'a plan of no requests a second',
      { usagePlan: { throttle: { rateLimit: 0 } } },
      'usagePlan.throttle.rateLimit: 0 is not possible; give 1 or more requests a second, without a fraction.',
    ],
    [
      'a plan of half a request at once',
      { usagePlan: { throttle: { burstLimit: 0.5 } } },
      'usagePlan.throttle.burstLimit: 0.5 is not possible; give 1 or more requests, without a fraction.',
    ],
    ['an address that is none', { alarmEmail: 'alarms' }, 'alarmEmail: "alarms" is no e-mail address.'],
    ...[0, 1.5, number].map(
      (generation): BadInput<ServerlessApiProps> => [
        `generation ${generation === number ? 'by a token' : generation}`,
        { originSecretGeneration: generation },
        `originSecretGeneration: ${generation} is no generation; give 1, 2, 3 ..., no token.`,
      ],
    ),
  ];

  test.each(cases)('%s', (name, props, problem) => {
    const id = name.replaceAll('/', ' ');
    expect(() => new ServerlessApi(stack, id, props)).toThrow(
      new Error(`ServerlessApi at Stack/${id} has a problem:\n  - ${problem}`),
    );
    // What was refused is not half there.
    expect(stack.node.tryFindChild(id)?.node.children).toEqual([]);
  });

  test('users and pages where nobody signs in', () => {
    expect(
      () => new ServerlessApi(stack, 'Nobody', { authentication: false, userPool, userPoolDomain }),
    ).toThrow(
      new Error(
        `ServerlessApi at Stack/Nobody has 2 problems:\n  - userPool: "ap-northeast-1_AbCdEfGhI" ${noSignIn}\n  - userPoolDomain: "people" ${noSignIn}`,
      ),
    );
  });

  test('all of it in one error', () => {
    const props: ServerlessApiProps = {
      stage: '' as Stage,
      ...http,
      requestValidation: true,
      usagePlan: {},
      allowedFileTypes: [],
      maxFileSize: Size.bytes(0),
      throttle: { rateLimit: 0, burstLimit: 0 },
      apiFunction: { memorySize: 1 },
      alarmEmail: '',
      originSecretGeneration: 0,
      key: new kms.Key(stack, 'Key'),
    };
    expect(() => new ServerlessApi(stack, 'Bad', props)).toThrow(
      new RegExp(
        [
          '^ServerlessApi at Stack/Bad has 12 problems:',
          'stage: "" .*',
          'api: "http" .* requestValidation .*',
          'api: "http" .* usagePlan .*',
          'originSecretGeneration: 0 is no generation.*',
          'originSecretGeneration: 0 .* firewall.*',
          'key: .* firewall.*',
          'allowedFileTypes: \\[\\] .*',
          'maxFileSize: 0 .*',
          'throttle.rateLimit: 0 .*',
          'throttle.burstLimit: 0 .*',
          'apiFunction.memorySize: 1 .*',
          'alarmEmail: "" .*$',
        ].join('\\n {2}- '),
      ),
    );
  });

  test('a domain without a region, since its second stack must know it', () => {
    expect(() => new ServerlessApiStack(createApp(), 'ServerlessApi', DOMAIN)).toThrow(
      new Error(
        'ServerlessApiStack at ServerlessApi has a problem:\n  - env.region: undefined must be known for a domain, since a second stack in us-east-1 holds its certificate; give the region.',
      ),
    );
    expect(
      () => new ServerlessApiStack(createApp(), 'ServerlessApi', { ...DOMAIN, certificateArn: ARN }),
    ).not.toThrow();
  });

  test('half of a domain also in its stack, where the construct says so', () => {
    for (const props of [{ hostedZone: DOMAIN.hostedZone }, { domainName }]) {
      expect(() => new ServerlessApiStack(createApp(), 'ServerlessApi', props)).toThrow(
        'ServerlessApi at ServerlessApi/ServerlessApi has ',
      );
    }
  });

  const agnostic = new Stack(createApp(), 'Agnostic');
  const { region } = agnostic;
  const tokens = {
    memorySize: number,
    timeout: Duration.seconds(number),
    reservedConcurrentExecutions: number,
    environment: { ANY: region },
  };
  const good: ServerlessApiProps[] = [
    { stage: 'dev' },
    { stage: 'stg', api: 'rest' },
    { throttle: { rateLimit: 1, burstLimit: 1 } },
    { throttle: { rateLimit: number, burstLimit: number } },
    { maxFileSize: Size.bytes(1), allowedFileTypes: ['image/svg+xml', 'application/x-tar', region] },
    { maxFileSize: Size.gibibytes(5), allowedFileTypes: ['application/vnd.ms-excel'] },
    { apiFunction: { memorySize: 128, timeout: Duration.seconds(1), reservedConcurrentExecutions: 1 } },
    { apiFunction: { memorySize: 10_240, timeout: Duration.seconds(29) } },
    { uploadFunction: { timeout: Duration.seconds(1) }, cleanUpFunction: { timeout: Duration.seconds(60) } },
    {
      uploadFunction: { timeout: Duration.seconds(900) },
      cleanUpFunction: { timeout: Duration.minutes(15) },
    },
    { uploadFunction: { environment: { AUTHENTICATION: 'x', POWERTOOLS_LOG_LEVEL: 'DEBUG' } } },
    { cleanUpFunction: { environment: { MAX_FILE_SIZE: 'x' } } },
    { apiFunction: tokens, uploadFunction: { ...tokens, timeout: undefined }, cleanUpFunction: tokens },
    { usagePlan: { throttle: { rateLimit: number, burstLimit: number } } },
    { usagePlan: { quota: { limit: number, period: Period.MONTH } } },
    { alarmEmail: region, webAclId: region, originSecretGeneration: 1 },
    { webAclId: WEB_ACL, siteContent: 'lib/serverless-api/site' },
    { authentication: false, api: 'rest' },
    { selfSignUpEnabled: true, webApplicationFirewall: false },
    { profile: SANDBOX, authentication: true, selfSignUpEnabled: false },
    {
      domainName: region,
      hostedZone: zoneOf(agnostic, 'TokenZone', region),
      certificate: acm.Certificate.fromCertificateArn(agnostic, 'TokenCertificate', region),
    },
    {
      domainName: 'example.com',
      hostedZone: zoneOf(agnostic),
      certificate: certificateOf(agnostic, 'C', 'us-east-1'),
    },
    {
      userPool: new cognito.UserPool(agnostic, 'Pool'),
      userPoolDomain: cognito.UserPoolDomain.fromDomainName(agnostic, 'Pages', region),
    },
  ];

  test.each(good.map((props, index) => [index, props] as const))(
    'not what is allowed: %s',
    (index, props) => {
      expect(() => new ServerlessApi(agnostic, `Good${index}`, props)).not.toThrow();
    },
  );
});

/** The function of the user's route. */
function theHello(template: StackTemplate): { readonly id: string } {
  const id = Object.keys(resourcesOf(template, 'AWS::Lambda::Function')).find((each) =>
    each.startsWith('Hello'),
  );
  if (!id) throw new Error('there is no function Hello');
  return { id };
}
