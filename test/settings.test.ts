import { describe, expect, test } from 'vitest';
import { addCatalogue } from '../bin/catalogue';
import { ENVIRONMENT_NAMES, type Settings, settingsFor } from '../bin/settings';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { createApp, withAssembly } from './support/apps';

const DOMAIN = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';

const FULL: Settings = {
  profile: PRODUCTION,
  stackNameSuffix: '-tokyo',
  region: 'ap-northeast-1',
  domain: DOMAIN,
  alarmEmail: 'alarms@example.com',
  officeRanges: ['198.51.100.0/24'],
  campaignSite: { exposure: 'elasticIp' },
  corporateSite: { exposure: 'cloudFrontVpcOrigin' },
  intranet: { clientRanges: ['10.1.0.0/16'], egress: 'endpoints', maxCapacity: 9 },
  serverlessApi: { stage: 'stg', requestValidation: true },
  disasterRecovery: {
    primaryRegion: 'eu-west-1',
    standbyRegion: 'eu-central-1',
    strategy: 'cold',
    clientRanges: ['10.1.0.0/16'],
  },
  blueGreenService: { deployment: 'codeDeploy' },
  microservices: { compute: 'nodeGroup', publicAccessCidrs: ['198.51.100.0/24'] },
};

describe('environments', () => {
  test('are sandbox, which is the default and needs nothing of the account, and production', () => {
    expect(ENVIRONMENT_NAMES).toEqual(['sandbox', 'production']);
    const sandbox = settingsFor(undefined);
    expect(sandbox).toBe(settingsFor('sandbox'));
    expect(sandbox.profile).toBe(SANDBOX);
    const { domain, alarmEmail, officeRanges, region } = sandbox;
    expect([domain, alarmEmail, officeRanges, region]).toEqual([undefined, undefined, undefined, undefined]);
    expect(settingsFor('production').profile).toBe(PRODUCTION);
  });

  test('that do not exist are refused with the names of those that do', () => {
    expect(() => settingsFor('prod')).toThrow(
      '-c environment=prod: there is no such environment; choose one of: sandbox, production.',
    );
    expect(() => settingsFor('toString')).toThrow('no such environment');
  });

  test('give their stacks names of their own, so that one does not overwrite the other', () => {
    const names = ENVIRONMENT_NAMES.map((environment) => {
      const app = createApp();
      addCatalogue(app, settingsFor(environment));
      return withAssembly(app, ({ stacksRecursively }) =>
        stacksRecursively.map(({ stackName }) => stackName),
      );
    });
    expect(new Set(names.flat()).size).toBe(names.flat().length);
  });
});

describe('settings', () => {
  test('that are all used reach the stacks', () => {
    expect(settingsFor('mine', { mine: FULL })).toBe(FULL);
    const app = createApp();
    addCatalogue(app, FULL);
    const stacks = withAssembly(app, ({ stacksRecursively }) =>
      stacksRecursively.map(({ stackName, environment, template }) => ({
        stackName,
        region: environment.region,
        text: JSON.stringify(template),
      })),
    );
    expect(stacks.map(({ stackName, region }) => `${stackName} ${region}`).sort()).toEqual([
      'BlueGreenService-tokyo ap-northeast-1',
      'CampaignSite-tokyo ap-northeast-1',
      'CorporateSite-tokyo ap-northeast-1',
      'CorporateSite-tokyo-Edge us-east-1',
      'DisasterRecovery-tokyo-Dns eu-central-1',
      'DisasterRecovery-tokyo-Overview us-east-1',
      'DisasterRecovery-tokyo-Primary eu-west-1',
      'DisasterRecovery-tokyo-Standby eu-central-1',
      'DisasterRecovery-tokyo-StandbyBase eu-central-1',
      'Intranet-tokyo ap-northeast-1',
      'Microservices-tokyo ap-northeast-1',
      'ServerlessApi-tokyo ap-northeast-1',
      'ServerlessApi-tokyo-Edge us-east-1',
    ]);
    const reached = {
      'BlueGreenService-tokyo': [
        'board.example.com',
        'alarms@example.com',
        'AWS::CodeDeploy::DeploymentGroup',
      ],
      'CampaignSite-tokyo': ['campaign.example.com', 'alarms@example.com', '198.51.100.0/24'],
      'CorporateSite-tokyo': ['www.example.com', 'alarms@example.com', 'AWS::CloudFront::VpcOrigin'],
      'Intranet-tokyo': [
        'intranet.example.com',
        'alarms@example.com',
        '10.1.0.0/16',
        'AWS::EC2::VPCEndpoint',
        '"MaxSize":"9"',
      ],
      'Microservices-tokyo': [
        'shop.example.com',
        'alarms@example.com',
        'AWS::EKS::Nodegroup',
        '"EndpointPublicAccess":true',
      ],
      'ServerlessApi-tokyo': [
        'documents.example.com',
        'alarms@example.com',
        '"StageName":"stg"',
        'AWS::ApiGateway::RequestValidator',
      ],
    };
    for (const [name, texts] of Object.entries(reached)) {
      const stack = stacks.find(({ stackName }) => stackName === name);
      for (const text of texts) expect(stack?.text).toContain(text);
    }
  });

  test('with a certificate of us-east-1 need no second stack for the corporate site', () => {
    const app = createApp();
    addCatalogue(app, { ...FULL, domain: { ...DOMAIN, certificateArn: CERTIFICATE_ARN } });
    const regions = withAssembly(app, ({ stacks }) => stacks.map(({ environment }) => environment.region));
    expect(new Set(regions)).toEqual(new Set(['ap-northeast-1']));
  });

  test('that are all used reach the stacks behind CloudFront, too', () => {
    const app = createApp();
    addCatalogue(app, {
      ...FULL,
      domain: { ...DOMAIN, certificateArn: CERTIFICATE_ARN },
      campaignSite: { exposure: 'cloudFront', networkAcls: true },
    });
    const text = withAssembly(app, ({ stacksRecursively }) =>
      JSON.stringify(stacksRecursively.find(({ id }) => id === 'CampaignSite')?.template),
    );
    expect(text).toContain(CERTIFICATE_ARN);
    expect(text).toContain('AWS::EC2::NetworkAcl');
    expect(text).not.toContain('198.51.100.0/24');
  });

  test.each<[string, Partial<Settings>, string]>([
    ['a region', { region: 'tokyo' }, 'region: "tokyo" is not possible; allowed is one of '],
    [
      'a domain without a region',
      { region: undefined },
      'region: undefined is not possible; allowed is the region',
    ],
    ['a suffix', { stackNameSuffix: 'tokyo!' }, 'stackNameSuffix: "tokyo!"'],
    ['a suffix without its hyphen', { stackNameSuffix: 'tokyo' }, 'stackNameSuffix: "tokyo"'],
    ['an e-mail address', { alarmEmail: 'me' }, 'alarmEmail: "me"'],
    ['an e-mail address with a space', { alarmEmail: 'a@b c' }, 'alarmEmail: "a@b c"'],
    ['a second office', { officeRanges: ['198.51.100.0/24', '0.0.0.0/0'] }, 'is everywhere'],
    [
      'a zone id with more behind it',
      { domain: { hostedZoneId: 'Z01-x', zoneName: 'example.com' } },
      'domain.hostedZoneId',
    ],
    [
      'a zone name in capitals',
      { domain: { hostedZoneId: 'Z01', zoneName: 'Example.com' } },
      'domain.zoneName',
    ],
    [
      'a zone name without a dot',
      { domain: { hostedZoneId: 'Z01', zoneName: 'localhost' } },
      'domain.zoneName',
    ],
    [
      'a certificate of another region',
      { domain: { ...DOMAIN, certificateArn: CERTIFICATE_ARN.replace('us-east-1', 'ap-northeast-1') } },
      'domain.certificateArn',
    ],
    [
      'a certificate of no account',
      { domain: { ...DOMAIN, certificateArn: CERTIFICATE_ARN.replace('123456789012', '12345678901') } },
      'domain.certificateArn',
    ],
    ['an office', { officeRanges: ['0.0.0.0/0'] }, 'officeRanges: "0.0.0.0/0" is everywhere'],
    [
      'a zone id',
      { domain: { hostedZoneId: 'example', zoneName: 'example.com' } },
      'domain.hostedZoneId: "example"',
    ],
    [
      'a zone name',
      { domain: { hostedZoneId: 'Z01', zoneName: 'example.com.' } },
      'domain.zoneName: "example.com."',
    ],
    [
      'a certificate',
      {
        domain: {
          hostedZoneId: 'Z01',
          zoneName: 'example.com',
          certificateArn: 'arn:aws:acm:ap-northeast-1:1:x',
        },
      },
      'domain.certificateArn: "arn',
    ],
  ])('with an impossible value are refused: %s', (_, change, message) => {
    expect(() => settingsFor('mine', { mine: { ...FULL, ...change } })).toThrow(message);
  });

  test('are refused with all their problems at once', () => {
    const bad = { mine: { ...FULL, region: 'tokyo', alarmEmail: 'me' } };
    expect(() => settingsFor('mine', bad)).toThrow(/region: .*\n {2}- alarmEmail: /);
  });
});
