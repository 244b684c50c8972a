import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Size } from 'aws-cdk-lib';
import { Period } from 'aws-cdk-lib/aws-apigateway';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FOLDERS } from '../lambda/serverless-api/keys';
import { documentBody, uploadBody } from '../lambda/serverless-api/schemas';
import { handlerBundles } from '../lib/building-blocks/handler-bundles';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { FILE_RULES } from '../lib/serverless-api/file-rules';
import { ServerlessApi } from '../lib/serverless-api/serverless-api';
import { ServerlessApiStack, type ServerlessApiStackProps } from '../lib/serverless-api/serverless-api-stack';
import { STAGES, type Stage } from '../lib/serverless-api/stage';
import { apiRoutesOf, apiStageOf, permittedRoutesOf, ROUTES } from './support/api-routes';
import { createApp, resourcesOf, type StackTemplate, templateOfConstructs, theOnly } from './support/apps';
import { REGION, stackIdOf, valueIn } from './support/deployed-values';
import {
  eventsMayComeAgain,
  filesAreLookedAt,
  nightsRemoveWhatIsOver,
  noUpdateIsLost,
  ownersAreApart,
  problemsTellNothingOfTheInside,
  retriesRegisterOnce,
} from './support/desk-proofs';
import { bucketOf } from './support/distribution';
import { permissionsOf, textOf } from './support/fleet';
import { alarmsOf, expectAlarmsThatFire, expectMail, expectTopicForAlarms } from './support/fleet-alarms';
import { isValid } from './support/json-schema';
import { evaluateMetricMath } from './support/metric-math';
import { promisesOf } from './support/promises';
import { productionProblems, sandboxProblems } from './support/round-trip';
import {
  apiIdOf,
  countOf,
  DOMAIN,
  EVERYTHING,
  environmentOf,
  frontOf,
  functionsOf,
  idOf,
  roleOf,
  siteUrlOf,
  synthesize,
  synthesizeVariants,
  synthesizeWithEdge,
} from './support/serverless-api';
import {
  expectAccessTokens,
  expectProblemAnswers,
  expectUsers,
  expectWayThroughDistribution,
} from './support/serverless-api-access';
import { serverlessApiAlarms } from './support/serverless-api-alarms';
import {
  expectAccessLogs,
  expectFileBucket,
  expectNightlyRun,
  expectNotifications,
  expectTable,
} from './support/serverless-api-data';
import {
  expectApiBehavior,
  expectContentSecurityPolicy,
  expectHttps,
  expectPathsWithoutPrefix,
  expectPrivateSite,
  expectSiteOrigin,
  expectSiteUpload,
  expectUploaderMay,
} from './support/serverless-api-front';
import {
  expectDashboard,
  expectEnvironments,
  expectFunctions,
  expectRights,
} from './support/serverless-api-function-proofs';
import { acknowledgedRoutesOf, uploadedSiteOf } from './support/site-upload';
import { blockedBy, rulesOf } from './support/web-acl';

const promise = promisesOf('serverless-api');

const { http, named, namedSandbox, open, openRest, rest } = synthesizeVariants();
const EVERY = [open, http, rest, openRest, named, namedSandbox];
const WITH_SIGN_IN = EVERY.filter(({ signIn }) => signIn);
const REST = EVERY.filter(({ kind }) => kind === 'rest');

promise('SA-1', () => {
  for (const variant of EVERY) expectPrivateSite(variant);
});

promise('SA-1', () => {
  for (const variant of EVERY) expectSiteOrigin(variant);
});

promise('SA-1', () => {
  for (const variant of EVERY) expectSiteUpload(variant);
});

promise('SA-2', () => {
  for (const variant of EVERY) expectApiBehavior(variant);
});

promise('SA-2', () => {
  for (const variant of EVERY) expectPathsWithoutPrefix(variant);
});

promise('SA-3', () => {
  for (const variant of EVERY) expectHttps(variant);
});

promise('SA-3', () => {
  for (const variant of EVERY) expectContentSecurityPolicy(variant);
});

promise('SA-3', () => {
  // What the page has inside of itself, the policy would not let work.
  const { files } = uploadedSiteOf({ profile: SANDBOX, stage: 'dev' });
  const page = files['index.html'] ?? '';
  expect(page).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:/);
  const loaded = [...page.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  expect(loaded.sort()).toEqual(['icon.svg', 'site.js', 'style.css']);
  for (const path of loaded) expect(files).toHaveProperty([path ?? '']);
  expect(files['style.css']).not.toMatch(/@import|url\(/);
});

promise('SA-4', () => {
  for (const stage of STAGES) {
    for (const props of [{ profile: SANDBOX }, {}]) {
      const template = synthesize({ ...props, authentication: true, stage });
      expect(apiStageOf(template).Properties.StageName).toBe(stage);
      expect(frontOf(template).apiOrigin.OriginPath).toBe(`/${stage}`);
      for (const each of Object.values(functionsOf(template))) expect(environmentOf(each).STAGE).toBe(stage);
      for (const type of [
        'AWS::DynamoDB::GlobalTable',
        'AWS::Cognito::UserPool',
        'AWS::Scheduler::Schedule',
      ]) {
        expect([type, countOf(template, type)]).toEqual([type, 1]);
      }
      expect(template.Parameters && Object.keys(template.Parameters)).toEqual(['BootstrapVersion']);
    }
  }
  expect(apiStageOf(synthesize()).Properties.StageName).toBe('prod');
  for (const stage of ['production', 'Dev', '', 'test']) {
    expect(() => synthesize({ stage: stage as Stage })).toThrow(
      `stage: "${stage}" is not known; give one of dev, stg, prod.`,
    );
  }
});

promise('SA-4', () => {
  const { config } = uploadedSiteOf({ profile: SANDBOX, stage: 'stg' });
  expect(config).toEqual({
    stage: 'stg',
    maxFileSize: FILE_RULES.maxFileSize.toBytes(),
    allowedFileTypes: FILE_RULES.allowedFileTypes,
    apiKeyRequired: false,
    signIn: null,
  });
  const production = uploadedSiteOf({
    ...EVERYTHING,
    maxFileSize: Size.kibibytes(5),
    allowedFileTypes: ['image/png'],
  });
  const pool = theOnly(production.template, 'AWS::Cognito::UserPool').id;
  const pages = theOnly(production.template, 'AWS::Cognito::UserPoolDomain').id;
  expect(production.config).toEqual({
    stage: 'prod',
    maxFileSize: 5120,
    allowedFileTypes: ['image/png'],
    apiKeyRequired: true,
    signIn: {
      authority: `https://cognito-idp.ap-northeast-1.amazonaws.com/<${pool}>`,
      clientId: `<${theOnly(production.template, 'AWS::Cognito::UserPoolClient').id}>`,
      scope: 'openid',
      logoutUrl: `https://<${pages}>.auth.ap-northeast-1.amazoncognito.com/logout`,
    },
  });
});

promise('SA-5', () => {
  for (const { kind, template } of EVERY) {
    const { api } = functionsOf(template);
    const routes = apiRoutesOf(template);
    expect(routes.map(({ key }) => key)).toEqual([...(kind === 'http' ? ['$default'] : []), ...ROUTES]);
    for (const { target } of routes) expect(target).toBe(`AWS_PROXY <${api.id}.Arn>`);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Lambda::Permission'))) {
      expect(Properties.FunctionName).toEqual({ 'Fn::GetAtt': [api.id, 'Arn'] });
      expect(textOf(Properties.SourceArn)).toContain(`:<${apiIdOf(template)}>/`);
      // The console's test button would get around the firewall and the throttle.
      expect(textOf(Properties.SourceArn)).not.toContain('test-invoke-stage');
    }
    expect(permittedRoutesOf(template)).toEqual(
      kind === 'http'
        ? ['* /', '* /documents', '* /documents/{id}', '* /documents/{id}/upload']
        : ROUTES.map((route) => route.replace('{id}', '*')).sort(),
    );
  }
  for (const { Properties } of Object.values(resourcesOf(http.template, 'AWS::ApiGatewayV2::Integration'))) {
    expect(Properties.PayloadFormatVersion).toBe('2.0');
  }
  for (const { template } of REST) {
    for (const { properties } of apiRoutesOf(template)) {
      expect(properties.Integration).toMatchObject({ IntegrationHttpMethod: 'POST' });
    }
  }
});

promise('SA-5', () => {
  for (const variant of REST) expectProblemAnswers(variant);
});

promise('SA-6', () => {
  for (const variant of WITH_SIGN_IN) expectAccessTokens(variant);
});

promise('SA-6', () => {
  for (const variant of WITH_SIGN_IN) expectUsers(variant);
  const everyone = synthesize({ selfSignUpEnabled: true });
  expect(theOnly(everyone, 'AWS::Cognito::UserPool').Properties).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
  });
});

promise('SA-6', () => {
  for (const { template } of [open, openRest]) {
    for (const { authorization, authorizer, scopes } of apiRoutesOf(template)) {
      expect([authorization, authorizer, scopes]).toEqual(['NONE', undefined, undefined]);
    }
    expect(Object.values(template.Resources).map(({ Type }) => Type)).not.toContainEqual(
      expect.stringMatching(/Cognito|Authorizer/),
    );
    expect(environmentOf(functionsOf(template).api)).toMatchObject({ AUTHENTICATION: 'none' });
    expect(environmentOf(functionsOf(template).api)).not.toHaveProperty('CLIENT_ID');
  }
  // Each route, and nothing above it.
  expect(acknowledgedRoutesOf({ profile: SANDBOX }, 'APIG4')).toEqual([
    '$default',
    ...ROUTES.map((route) => route.replaceAll('/', '--')),
  ]);
  for (const rule of ['APIG4', 'COG4']) {
    expect(acknowledgedRoutesOf({ profile: SANDBOX, api: 'rest' }, rule)).toEqual([
      'documents/GET',
      'documents/POST',
      'documents/{id}/DELETE',
      'documents/{id}/GET',
      'documents/{id}/PUT',
      'documents/{id}/upload/POST',
    ]);
    expect(acknowledgedRoutesOf({}, rule)).toEqual([]);
    expect(acknowledgedRoutesOf({ webApplicationFirewall: false }, rule)).toEqual([]);
  }
});

promise('SA-7', () => {
  for (const variant of [rest, named]) expectWayThroughDistribution(variant);
});

promise('SA-7', () => {
  const managed = [
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesKnownBadInputsRuleSet',
    'AWSManagedRulesSQLiRuleSet',
  ];
  for (const { template } of [rest, named]) {
    const [own, ...others] = rulesOf(template);
    expect(own).toMatchObject({ Name: 'NotThroughCloudFront', Action: { Block: {} } });
    expect(
      others.map(({ Name, OverrideAction, Statement }) => ({ Name, OverrideAction, Statement })),
    ).toEqual(
      managed.map((Name) => ({
        Name,
        // Block what the rules block, and do not just count it.
        OverrideAction: { None: {} },
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
      })),
    );
  }
  for (const { template } of [open, http, openRest, namedSandbox]) {
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /WAF|Secret/.test(type))).toEqual([]);
    expect(frontOf(template).apiOrigin).not.toHaveProperty('OriginCustomHeaders');
  }
  const wanted = synthesize({ profile: SANDBOX, webApplicationFirewall: true });
  expect(countOf(wanted, 'AWS::WAFv2::WebACL')).toBe(1);
  expect(countOf(wanted, 'AWS::ApiGateway::RestApi')).toBe(1);
});

/** The secrets of a template by generation, as its texts name them. */
const secretsOf = (template: StackTemplate) =>
  Object.fromEntries(
    Object.keys(resourcesOf(template, 'AWS::SecretsManager::Secret')).map((id) => [
      Number(/OriginSecret(\d+)[0-9A-F]{8}$/.exec(id)?.[1]),
      `{{resolve:secretsmanager:<${id}>:SecretString:::}}`,
    ]),
  );

promise('SA-8', () => {
  const generations = [1, 2, 3].map((originSecretGeneration) => synthesize({ originSecretGeneration }));
  const [one = {}, two = {}, three = {}] = generations.map(secretsOf);
  expect([one, two, three].map((each) => Object.keys(each))).toEqual([['1'], ['1', '2'], ['2', '3']]);
  // The same secrets in each deployment: what CloudFront's edges still send is what the firewall still takes.
  expect([two[1], three[2]]).toEqual([one[1], two[2]]);
  for (const [index, template] of generations.entries()) {
    const generation = index + 1;
    const sent = frontOf(template).apiOrigin.OriginCustomHeaders?.map(({ HeaderValue }) =>
      textOf(HeaderValue),
    );
    const known = { ...one, ...two, ...three };
    expect(sent).toEqual([known[generation]]);
    for (const each of [1, 2, 3]) {
      const passes = blockedBy(template, { 'x-origin-verify': known[each] ?? '' }) === undefined;
      expect([each, passes]).toEqual([each, each === generation || each === generation - 1]);
    }
  }
});

promise('SA-8', () => {
  for (const { template } of [rest, named]) {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::SecretsManager::Secret'))) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties.GenerateSecretString).toMatchObject({ PasswordLength: 64, ExcludePunctuation: true });
    }
    // Neither the site's settings nor a function knows it.
    for (const each of Object.values(functionsOf(template))) {
      expect(JSON.stringify(each)).not.toContain('secretsmanager');
    }
    expect(JSON.stringify(template.Outputs)).not.toContain('secretsmanager');
    // Samples of requests are kept without it.
    expect(theOnly(template, 'AWS::WAFv2::WebACL').Properties.DataProtectionConfig).toEqual({
      DataProtections: [
        {
          Action: 'SUBSTITUTION',
          Field: {
            FieldType: 'SINGLE_HEADER',
            FieldKeys: ['x-origin-verify', 'authorization', 'x-api-key'],
          },
        },
      ],
    });
  }
});

/** The bodies that API Gateway takes for a route. */
function modelOf(template: StackTemplate, route: string): Record<string, unknown> {
  const { properties } = apiRoutesOf(template).find(({ key }) => key === route) ?? {};
  const models = properties?.RequestModels as { 'application/json': { Ref: string } } | undefined;
  const { ContentType, Schema } =
    template.Resources[models?.['application/json'].Ref ?? '']?.Properties ?? {};
  expect(ContentType).toBe('application/json');
  expect(Schema).toMatchObject({ $schema: 'http://json-schema.org/draft-04/schema#' });
  return Schema as Record<string, unknown>;
}

promise('SA-9', () => {
  const { template } = named;
  const validator = theOnly(template, 'AWS::ApiGateway::RequestValidator');
  expect(validator.Properties).toMatchObject({ ValidateRequestBody: true });
  for (const { key, properties } of apiRoutesOf(template)) {
    expect(properties.RequestValidatorId).toEqual({ Ref: validator.id });
    expect([key, properties.RequestModels !== undefined]).toEqual([key, /^(POST|PUT) /.test(key)]);
  }
  for (const variant of [rest, openRest]) {
    expect(countOf(variant.template, 'AWS::ApiGateway::Model')).toBe(0);
    for (const { properties } of apiRoutesOf(variant.template)) {
      expect(properties).not.toHaveProperty('RequestValidatorId');
    }
  }
  // Another model is another deployment: without it the stage would keep the old one.
  const deploymentOf = (props: ServerlessApiStackProps) =>
    theOnly(synthesize({ requestValidation: true, ...props }), 'AWS::ApiGateway::Deployment').id;
  expect(deploymentOf({ maxFileSize: Size.kibibytes(1) })).not.toBe(deploymentOf({}));
});

const RULES = {
  maxFileSize: FILE_RULES.maxFileSize.toBytes(),
  allowedFileTypes: FILE_RULES.allowedFileTypes,
};

/** JSON that is one of some values, often, and else anything. */
const often = (...values: unknown[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.jsonValue() });

const SHA_256 = `${'A'.repeat(42)}E=`;
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

const DOCUMENTS = fc.record(
  {
    title: often('a', '', 't'.repeat(200), 't'.repeat(201), '日本', '😀'.repeat(200), '😀'.repeat(201)),
    description: often('', 'd'.repeat(1000), 'd'.repeat(1001)),
    expiresAt: often(
      TOMORROW,
      TOMORROW.replace('Z', '+09:00'),
      '2030-02-29T00:00:00Z',
      '2028-02-29T00:00:00Z',
      TOMORROW.slice(0, 10),
    ),
    owner: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const UPLOADS = fc.record(
  {
    fileName: often('a.pdf', '', 'f'.repeat(255), 'f'.repeat(256)),
    contentType: often(...RULES.allowedFileTypes, 'text/html', 'APPLICATION/PDF'),
    size: often(1, 0, -1, 1.5, RULES.maxFileSize, RULES.maxFileSize + 1, '1'),
    sha256: often(SHA_256, SHA_256.slice(1), `${SHA_256}=`, `${'A'.repeat(42)}B=`, `${'-'.repeat(42)}E=`),
    key: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** Bodies with everything that is needed, to which something is done. */
const near = (whole: Record<string, unknown>, parts: fc.Arbitrary<Record<string, unknown>>) =>
  fc.oneof(
    parts.map((some) => ({ ...whole, ...Object.fromEntries(Object.entries(some).slice(0, 1)) })),
    parts,
    fc.jsonValue(),
  );

promise('SA-9', () => {
  const cases = [
    ['POST /documents', documentBody, near({ title: 'A title' }, DOCUMENTS)],
    ['PUT /documents/{id}', documentBody, near({ title: 'A title' }, DOCUMENTS)],
    [
      'POST /documents/{id}/upload',
      uploadBody(RULES),
      near(
        { fileName: 'a.pdf', contentType: 'application/pdf', size: 1, sha256: SHA_256 },
        UPLOADS as fc.Arbitrary<Record<string, unknown>>,
      ),
    ],
  ] as const;
  for (const [route, body, bodies] of cases) {
    const model = modelOf(named.template, route);
    const taken = new Set<boolean>();
    fc.assert(
      fc.property(bodies, (given) => {
        const value: unknown = JSON.parse(JSON.stringify(given));
        const isTaken = body.safeParse(value).success;
        taken.add(isTaken);
        expect({ value, isTaken: isValid(model, value) }).toEqual({ value, isTaken });
      }),
      { numRuns: 2000 },
    );
    expect(taken.size).toBe(2);
  }
});

promise('SA-9', () => {
  // What no schema can say stays with the function, and passes API Gateway: never the other way round.
  const model = modelOf(named.template, 'POST /documents');
  const past = { title: 'A', expiresAt: '2001-01-01T00:00:00Z' };
  const late = { title: 'A', expiresAt: '2999-01-01T00:00:00Z' };
  const half = { title: '\ud83d' };
  for (const body of [past, late, half]) {
    expect([documentBody.safeParse(body).success, isValid(model, body)]).toEqual([false, true]);
  }
});

promise('SA-10', () => {
  const { template } = named;
  expect(apiRoutesOf(template).map(({ apiKeyRequired }) => apiKeyRequired)).toEqual(ROUTES.map(() => true));
  const key = theOnly(template, 'AWS::ApiGateway::ApiKey');
  expect(key.Properties).toMatchObject({ Enabled: true });
  expect(key.Properties).not.toHaveProperty('Value');
  const plan = theOnly(template, 'AWS::ApiGateway::UsagePlan');
  expect(plan.Properties).toMatchObject({
    ApiStages: [{ ApiId: { Ref: apiIdOf(template) }, Stage: { Ref: apiStageOf(template).id } }],
    Throttle: { RateLimit: 5, BurstLimit: 7 },
    Quota: { Limit: 1000, Period: 'DAY' },
  });
  expect(theOnly(template, 'AWS::ApiGateway::UsagePlanKey').Properties).toEqual({
    KeyId: { Ref: key.id },
    KeyType: 'API_KEY',
    UsagePlanId: { Ref: plan.id },
  });
  expect(template.Outputs?.ApiKeyId?.Value).toEqual({ Ref: key.id });
  for (const each of [open, http, rest, openRest, namedSandbox]) {
    expect(apiRoutesOf(each.template).filter(({ apiKeyRequired }) => apiKeyRequired)).toEqual([]);
    expect(countOf(each.template, 'AWS::ApiGateway::ApiKey')).toBe(0);
  }
});

/** What a function may do with the objects of a folder. */
function objectActionsOf(template: StackTemplate, service: 'api' | 'uploads' | 'clean-up', folder: string) {
  const bucket = bucketOf(template, 'FilesBucket').id;
  return permissionsOf(template, roleOf(functionsOf(template)[service]))
    .filter(([, resource]) => resource === `<${bucket}.Arn>/${folder}/*`)
    .flatMap(([actions]) => actions.split(' '));
}

promise('SA-11', ownersAreApart);

promise('SA-12', noUpdateIsLost);

promise('SA-13', retriesRegisterOnce);

promise('SA-14', problemsTellNothingOfTheInside);

promise('SA-15', filesAreLookedAt);

promise('SA-15', () => {
  for (const { template } of EVERY) {
    // A signed address can do what its signer may, and no more.
    expect(FOLDERS.map((folder) => objectActionsOf(template, 'api', folder))).toEqual([
      ['s3:PutObject'],
      ['s3:GetObject'],
      [],
    ]);
    expect(FOLDERS.map((folder) => objectActionsOf(template, 'uploads', folder))).toEqual([
      ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:GetObjectVersion'],
      ['s3:DeleteObject', 's3:PutObject'],
      ['s3:DeleteObject', 's3:PutObject'],
    ]);
    expect(FOLDERS.map((folder) => objectActionsOf(template, 'clean-up', folder))).toEqual([
      [],
      ['s3:DeleteObject'],
      ['s3:DeleteObject'],
    ]);
    for (const service of ['api', 'uploads'] as const) {
      expect(environmentOf(functionsOf(template)[service])).toMatchObject({
        MAX_FILE_SIZE: String(25 * 1024 * 1024),
        ALLOWED_FILE_TYPES: FILE_RULES.allowedFileTypes.join(','),
      });
    }
  }
  const few = functionsOf(
    synthesize({ maxFileSize: Size.gibibytes(5), allowedFileTypes: ['image/png', 'text/plain'] }),
  );
  for (const each of [few.api, few.uploads]) {
    expect(environmentOf(each)).toMatchObject({
      MAX_FILE_SIZE: String(5 * 1024 ** 3),
      ALLOWED_FILE_TYPES: 'image/png,text/plain',
    });
  }
});

promise('SA-16', () => {
  for (const { template } of EVERY) {
    const queue = idOf(template, 'AWS::SQS::Queue', 'UploadFunctionUploads');
    const deadLetters = idOf(template, 'AWS::SQS::Queue', 'UploadFunctionDeadLetters');
    const { uploads } = functionsOf(template);
    expect(template.Resources[queue]?.Properties).toEqual({
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] }, maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 6 * Number(uploads.Properties.Timeout),
    });
    expect(template.Resources[deadLetters]?.Properties).toEqual({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
    expect(theOnly(template, 'AWS::Lambda::EventSourceMapping').Properties).toEqual({
      BatchSize: 10,
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      FunctionName: { Ref: uploads.id },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  }
  const slow = synthesize({ uploadFunction: { timeout: Duration.minutes(15) } });
  const queue = idOf(slow, 'AWS::SQS::Queue', 'UploadFunctionUploads');
  expect(slow.Resources[queue]?.Properties.VisibilityTimeout).toBe(6 * 900);
});

promise('SA-16', () => {
  for (const variant of EVERY) expectNotifications(variant);
});

promise('SA-16', eventsMayComeAgain);

promise('SA-17', () => {
  for (const variant of EVERY) expectNightlyRun(variant);
});

promise('SA-17', nightsRemoveWhatIsOver);

promise('SA-18', () => {
  for (const variant of EVERY) expectFileBucket(variant);
});

promise('SA-18', () => {
  for (const variant of EVERY) expectAccessLogs(variant);
});

promise('SA-19', () => {
  for (const variant of EVERY) expectTable(variant);
});

promise('SA-20', () => {
  for (const variant of EVERY) expectRights(variant);
});

promise('SA-21', () => {
  for (const variant of EVERY) expectFunctions(variant);
});

promise('SA-21', () => {
  for (const variant of EVERY) expectEnvironments(variant);
});

promise('SA-21', () => {
  for (const base of [{}, { profile: SANDBOX }]) {
    const template = synthesize({
      ...base,
      apiFunction: {
        memorySize: 1769,
        timeout: Duration.seconds(29),
        environment: { POWERTOOLS_LOG_LEVEL: 'DEBUG' },
        reservedConcurrentExecutions: 50,
      },
      uploadFunction: { memorySize: 1024, timeout: Duration.minutes(2), environment: { A: '1' } },
      cleanUpFunction: {
        memorySize: 256,
        timeout: Duration.minutes(1),
        environment: { B: '2' },
        reservedConcurrentExecutions: 2,
      },
    });
    const { api, 'clean-up': cleanUp, uploads } = functionsOf(template);
    const reserved = (concurrency: number) => ({ ReservedConcurrentExecutions: concurrency });
    expect(api.Properties).toMatchObject({ MemorySize: 1769, Timeout: 29, ...reserved(50) });
    expect(uploads.Properties).toMatchObject({ MemorySize: 1024, Timeout: 120 });
    expect(cleanUp.Properties).toMatchObject({ MemorySize: 256, Timeout: 60, ...reserved(2) });
    expect(environmentOf(api)).toMatchObject({ POWERTOOLS_LOG_LEVEL: 'DEBUG', STAGE: 'prod' });
    expect(environmentOf(uploads)).toMatchObject({ A: '1', STAGE: 'prod' });
    expect(environmentOf(cleanUp)).toMatchObject({ B: '2', STAGE: 'prod' });
  }
});

promise('SA-21', () => {
  // What is given as undefined, as where a setting is passed on, is not given.
  const nothing = { memorySize: undefined, timeout: undefined, reservedConcurrentExecutions: undefined };
  const template = synthesize({ apiFunction: nothing, uploadFunction: nothing, cleanUpFunction: nothing });
  expect(functionsOf(template)).toEqual(functionsOf(rest.template));
});

promise('SA-22', () => {
  for (const variant of EVERY) {
    const { template } = variant;
    const topic = { Ref: theOnly(template, 'AWS::SNS::Topic').id };
    expectAlarmsThatFire(template, serverlessApiAlarms(variant), topic);
    expectTopicForAlarms(template);
    const { Metrics } = (alarmsOf(template).ApiErrorRateHigh?.Properties ?? {}) as {
      Metrics?: { Expression?: string }[];
    };
    const expression = Metrics?.[0]?.Expression ?? '';
    // A minute without an error is one of 0 %, and not one of which nothing is known: CloudWatch would look at an older one.
    expect(evaluateMetricMath(expression, { requests: 100, errors: undefined })).toBe(0);
    // A p99 of a handful of requests is that of the slowest one.
    expect(alarmsOf(template).ApiLatencyHigh?.Properties.EvaluateLowSampleCountPercentile).toBe('ignore');
  }
  expectMail(synthesize({ alarmEmail: 'alarms@example.com' }), 'alarms@example.com');
});

promise('SA-22', () => {
  for (const variant of EVERY) expectDashboard(variant);
});

/** How many requests an API's stage takes a second, and at once. */
function throttleOf(template: StackTemplate): unknown[] {
  const { DefaultRouteSettings, MethodSettings } = apiStageOf(template).Properties as {
    DefaultRouteSettings?: Record<string, unknown>;
    MethodSettings?: Record<string, unknown>[];
  };
  const [settings, ...others] = MethodSettings ?? [DefaultRouteSettings ?? {}];
  expect(others).toEqual([]);
  if (MethodSettings) expect(settings).toMatchObject({ HttpMethod: '*', ResourcePath: '/*' });
  return [settings?.ThrottlingRateLimit, settings?.ThrottlingBurstLimit];
}

promise('SA-23', () => {
  for (const { template } of EVERY) {
    expect(throttleOf(template)).toEqual([100, 200]);
    expect(theOnly(template, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  }
  const throttle = { rateLimit: 7, burstLimit: 13 };
  for (const props of [{}, { profile: SANDBOX }]) {
    expect(throttleOf(synthesize({ ...props, throttle }))).toEqual([7, 13]);
  }
});

promise('SA-24', () => {
  const { edgeTemplate, main } = synthesizeWithEdge({
    ...EVERYTHING,
    profile: SANDBOX,
    authentication: true,
    webApplicationFirewall: true,
  });
  const ofSandbox = [open.template, openRest.template, namedSandbox.template, main, edgeTemplate];
  for (const template of ofSandbox) expect(sandboxProblems(template)).toEqual([]);
  for (const { profile, template } of EVERY) {
    if (profile !== PRODUCTION) continue;
    expect(productionProblems(template)).toEqual([]);
    expect(theOnly(template, 'AWS::Cognito::UserPool').Properties.DeletionProtection).toBe('ACTIVE');
    expect(theOnly(template, 'AWS::DynamoDB::GlobalTable')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
    });
    for (const each of ['FilesBucket', 'SiteBucket', 'AccessLogs']) {
      expect(bucketOf(template, each).DeletionPolicy).toBe('Retain');
    }
    expect(countOf(template, 'Custom::S3AutoDeleteObjects')).toBe(0);
  }
});

promise('SA-24', () => {
  for (const { profile, stage, template } of REST) {
    // API Gateway would make this log itself, and leave it behind.
    const execution = idOf(template, 'AWS::Logs::LogGroup', 'ExecutionLog');
    expect(textOf(template.Resources[execution]?.Properties.LogGroupName)).toBe(
      `API-Gateway-Execution-Logs_<${apiIdOf(template)}>/${stage}`,
    );
    expect(template.Resources[execution]?.Properties.RetentionInDays).toBe(profile.logRetention);
    expect(apiStageOf(template).DependsOn).toContain(execution);
    const policy = profile === PRODUCTION ? 'Retain' : 'Delete';
    for (const type of ['AWS::ApiGateway::Account']) {
      expect(theOnly(template, type).DeletionPolicy).toBe(policy);
    }
    const role = idOf(template, 'AWS::IAM::Role', 'CloudWatchRole');
    expect(template.Resources[role]?.DeletionPolicy).toBe(policy);
    expect(apiStageOf(template).DependsOn).toContain(theOnly(template, 'AWS::ApiGateway::Account').id);
  }
  const without = synthesize({ cloudWatchRole: false });
  expect(countOf(without, 'AWS::ApiGateway::Account')).toBe(0);
  expect(Object.keys(without.Resources).filter((id) => id.includes('CloudWatchRole'))).toEqual([]);
});

promise('SA-24', () => {
  const isProtected = (props: ServerlessApiStackProps) => {
    const { terminationProtection } = new ServerlessApiStack(createApp(), 'ServerlessApi', props);
    return terminationProtection;
  };
  expect(isProtected({})).toBe(true);
  expect(isProtected({ terminationProtection: false })).toBe(false);
  expect(isProtected({ profile: SANDBOX })).toBe(false);
  expect(synthesizeWithEdge().edge.terminationProtection).toBe(true);
  expect(synthesizeWithEdge({ profile: SANDBOX }).edge.terminationProtection).toBe(false);
});

/** The names that a template gives of which an account has each only once: CloudFront's in all regions together. */
function namesOf(template: StackTemplate, stackId: string): Record<string, string[]> {
  const names = (type: string, nameOf: (properties: Record<string, unknown>) => unknown) =>
    Object.values(resourcesOf(template, `AWS::${type}`)).map(({ Properties }) =>
      valueIn(nameOf(Properties), stackId),
    );
  const inConfig = (config: string) => (each: Record<string, unknown>) =>
    (each[config] as { Name: unknown }).Name;
  return {
    accessControls: names('CloudFront::OriginAccessControl', inConfig('OriginAccessControlConfig')),
    headers: names('CloudFront::ResponseHeadersPolicy', inConfig('ResponseHeadersPolicyConfig')),
    requests: names('CloudFront::OriginRequestPolicy', inConfig('OriginRequestPolicyConfig')),
    functions: names('CloudFront::Function', ({ Name }) => Name),
    signIn: names('Cognito::UserPoolDomain', ({ Domain }) => Domain),
  };
}

promise('SA-25', () => {
  for (const props of [
    {},
    { profile: SANDBOX },
    { profile: SANDBOX, api: 'rest', authentication: true },
  ] as const) {
    const two = templateOfConstructs((stack) => {
      for (const id of ['First', 'Second']) new ServerlessApi(stack, id, props);
    });
    expect(countOf(two, 'AWS::CloudFront::Distribution')).toBe(2);
    for (const [kind, names] of Object.entries(namesOf(two, stackIdOf(REGION)))) {
      const expected = kind === 'signIn' && !('authentication' in props) && 'profile' in props ? 0 : 2;
      expect([kind, new Set(names).size]).toEqual([kind, expected]);
    }
    // CloudWatch tells REST APIs apart by name.
    const apis = Object.values(resourcesOf(two, 'AWS::ApiGateway::RestApi'));
    expect(new Set(apis.map(({ Properties }) => textOf(Properties.Name))).size).toBe(apis.length);
    for (const { Properties } of Object.values(resourcesOf(two, 'AWS::WAFv2::WebACL'))) {
      expect(Properties).not.toHaveProperty('Name');
    }
    if (props !== undefined && 'profile' in props) expect(sandboxProblems(two)).toEqual([]);
    for (const id of ['First', 'Second']) {
      const distribution = idOf(two, 'AWS::CloudFront::Distribution', id);
      // One function uploads all sites of a stack.
      expectUploaderMay(two, bucketOf(two, `${id}SiteBucket`).id, distribution);
    }
  }
});

promise('SA-25', () => {
  const regions = [REGION, 'us-west-2'];
  for (const props of [{}, { webApplicationFirewall: false }, { profile: SANDBOX, authentication: true }]) {
    const known = regions.map((region) =>
      namesOf(synthesize({ ...props, env: { region } }), stackIdOf(region)),
    );
    const agnostic = regions.map((region) => namesOf(synthesize(props), stackIdOf(region)));
    for (const [one, other] of [known, agnostic]) {
      for (const [kind, names] of Object.entries(one ?? {})) {
        expect([kind, names.length]).toEqual([kind, 1]);
        expect(new Set([...names, ...(other?.[kind] ?? [])]).size).toBe(2);
        // Cognito's prefixes and CloudFront's names have at most 63 and 64 characters.
        expect(names[0]).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
        expect(names[0]).not.toMatch(/aws|amazon|cognito/);
      }
    }
  }
});

promise('SA-26', () => {
  for (const props of [{}, { webApplicationFirewall: false }, { profile: SANDBOX }]) {
    const { edge, edgeTemplate, main } = synthesizeWithEdge(props);
    expect(edge.region).toBe('us-east-1');
    const certificate = theOnly(edgeTemplate, 'AWS::CertificateManager::Certificate');
    expect(certificate.Properties).toMatchObject({
      DomainName: DOMAIN.domainName,
      ValidationMethod: 'DNS',
      DomainValidationOptions: [
        { DomainName: DOMAIN.domainName, HostedZoneId: DOMAIN.hostedZone.hostedZoneId },
      ],
    });
    // The firewall is at the API, where nobody gets around it.
    expect(countOf(edgeTemplate, 'AWS::WAFv2::WebACL')).toBe(0);
    expect(countOf(main, 'AWS::CertificateManager::Certificate')).toBe(0);
    const { config, id } = frontOf(main);
    expect(config).toMatchObject({
      Aliases: [DOMAIN.domainName],
      ViewerCertificate: {
        AcmCertificateArn: {
          'Fn::GetStackOutput': { StackName: 'ServerlessApi-Edge', Region: 'us-east-1' },
        },
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    const { OutputName } = (
      config.ViewerCertificate as { AcmCertificateArn: { 'Fn::GetStackOutput': { OutputName: string } } }
    ).AcmCertificateArn['Fn::GetStackOutput'];
    expect(edgeTemplate.Outputs?.[OutputName]?.Value).toEqual({ Ref: certificate.id });
    const records = Object.values(resourcesOf(main, 'AWS::Route53::RecordSet')).map(
      ({ Properties }) => Properties,
    );
    expect(records.map(({ Type }) => Type).sort()).toEqual(['A', 'AAAA']);
    for (const record of records) {
      expect(record).toMatchObject({
        Name: `${DOMAIN.domainName}.`,
        HostedZoneId: DOMAIN.hostedZone.hostedZoneId,
        AliasTarget: { DNSName: { 'Fn::GetAtt': [id, 'DomainName'] } },
      });
    }
    expect(siteUrlOf(main)).toBe(`https://${DOMAIN.domainName}`);
  }
});

promise('SA-26', () => {
  const certificateArn =
    'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
  const own = { ...DOMAIN, certificateArn };
  const stack = new ServerlessApiStack(createApp(), 'ServerlessApi', own);
  expect(stack.node.tryFindChild('Edge')).toBeUndefined();
  expect(frontOf(synthesize(own)).config.ViewerCertificate).toMatchObject({
    AcmCertificateArn: certificateArn,
  });
  const elsewhere = certificateArn.replace('us-east-1', REGION);
  expect(() => synthesize({ ...own, certificateArn: elsewhere })).toThrow(
    `certificate: "${elsewhere}" is no ARN of us-east-1, where CloudFront looks for it; give one that is.`,
  );
  for (const { template } of [open, http, rest, openRest]) {
    expect(countOf(template, 'AWS::Route53::RecordSet')).toBe(0);
    expect(frontOf(template).config).not.toHaveProperty('Aliases');
    expect(siteUrlOf(template)).toBe(`https://<${frontOf(template).id}.DomainName>`);
  }
});

promise('SA-27', () => {
  const bundles = handlerBundles('serverless-api');
  expect([...bundles.keys()]).toEqual(['api', 'clean-up', 'uploads']);
  for (const { code } of bundles.values()) {
    expect(Buffer.byteLength(code) / 1024).toBeLessThanOrEqual(400);
    const needed = [...code.matchAll(/(?<!\[)require\("([^"]+)"\)/g)].map(([, name = '']) => name);
    expect(needed).not.toEqual([]);
    expect(needed.filter((name) => !isBuiltin(name))).toEqual([]);
  }
});

test('each request is logged as one line of JSON, with its id', () => {
  for (const { profile, template } of EVERY) {
    const { AccessLogSetting, AccessLogSettings } = apiStageOf(template).Properties;
    const { DestinationArn, Format } = (AccessLogSetting ?? AccessLogSettings) as Record<string, unknown>;
    const fields = JSON.parse(String(Format)) as Record<string, string>;
    expect(fields).toMatchObject({
      requestId: '$context.requestId',
      httpMethod: '$context.httpMethod',
      status: '$context.status',
      error: '$context.error.message',
    });
    expect(Object.values(fields).every((value) => /^\$context\.[\w.]+$/.test(value))).toBe(true);
    expect(JSON.stringify(fields)).not.toMatch(/authorization|apiKey/i);
    const log = idOf(template, 'AWS::Logs::LogGroup', 'AccessLog');
    expect(textOf(DestinationArn)).toContain(`<${log}`);
    expect(template.Resources[log]?.Properties).toEqual({ RetentionInDays: profile.logRetention });
  }
});

test('a REST API is traced, and logs its own errors, but no bodies', () => {
  for (const { profile, template } of REST) {
    expect(apiStageOf(template).Properties).toMatchObject({
      TracingEnabled: true,
      MethodSettings: [
        { DataTraceEnabled: false, LoggingLevel: 'ERROR', MetricsEnabled: profile.detailedMonitoring },
      ],
    });
  }
});

test('outputs are what a person uses next, at most four', () => {
  const outputs = ({ template }: { template: StackTemplate }) => Object.keys(template.Outputs ?? {}).sort();
  expect(outputs(open)).toEqual(['Dashboard', 'SiteUrl']);
  expect(outputs(openRest)).toEqual(['Dashboard', 'SiteUrl']);
  expect(outputs(http)).toEqual(['Dashboard', 'SiteUrl', 'UserPoolId']);
  expect(outputs(rest)).toEqual(['Dashboard', 'SiteUrl', 'UserPoolId']);
  expect(outputs(named)).toEqual(['ApiKeyId', 'Dashboard', 'SiteUrl', 'UserPoolId']);
});

test('the other kind of API is another API, and all else stays', () => {
  const [one, other] = [{ api: 'http' }, { api: 'rest' }].map((props) =>
    synthesize({ profile: SANDBOX, ...(props as ServerlessApiStackProps) }),
  ) as [StackTemplate, StackTemplate];
  expect(apiIdOf(one)).not.toBe(apiIdOf(other));
  for (const type of ['DynamoDB::GlobalTable', 'S3::Bucket', 'Lambda::Function', 'Scheduler::Schedule']) {
    expect(resourcesOf(other, `AWS::${type}`)).toEqual(resourcesOf(one, `AWS::${type}`));
  }
});

test('a quota of the usage plan may stand alone', () => {
  const template = synthesize({ usagePlan: { quota: { limit: 3, period: Period.WEEK } } });
  const { Quota, Throttle } = theOnly(template, 'AWS::ApiGateway::UsagePlan').Properties;
  expect([Quota, Throttle]).toEqual([{ Limit: 3, Period: 'WEEK' }, undefined]);
});

test('the same files make the same site, others another one', () => {
  const keysOf = (siteContent?: string) =>
    theOnly(synthesize({ profile: SANDBOX, siteContent }), 'Custom::CDKBucketDeployment').Properties
      .SourceObjectKeys;
  expect(keysOf()).toEqual(keysOf());
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  try {
    cpSync(join('lib', 'serverless-api', 'site', 'index.html'), join(folder, 'index.html'));
    const own = keysOf(folder);
    expect(own).not.toEqual(keysOf());
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>New</title>');
    expect(keysOf(folder)).not.toEqual(own);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
