import { Duration, Stack, Token } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { DisasterRecovery, type DisasterRecoveryProps } from '../lib/disaster-recovery/disaster-recovery';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import { createApp, resourcesOf, templatesOf, theOnly } from './support/apps';
import { type BadInput, badCommonInput, goodCommonInput, OWN_APPLICATION } from './support/bad-input';
import { CLIENT_RANGES, DOMAIN, synthesize } from './support/disaster-recovery';
import { named } from './support/disaster-recovery-parts';
import { fixedNamesIn } from './support/fixed-names';
import { attributesOf, firstBootOf, serverOf, textOf } from './support/fleet';

type Props = Partial<DisasterRecoveryProps>;

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const PAIR = { primaryRegion: TOKYO, standbyRegion: OSAKA };
const INTERNAL = { ...PAIR, clientRanges: CLIENT_RANGES };
const ONLINE = { ...PAIR, ...DOMAIN };
const hours = (amount: number) => Duration.hours(amount);
const seconds = (amount: number) => Duration.seconds(amount);
const certificateIn = (region: string) =>
  `arn:aws:acm:${region}:123456789012:certificate/12345678-1234-1234-1234-123456789012`;
const withoutBackups: Profile = { ...PRODUCTION, backupRetention: Duration.days(0) };

const NOT_ON_THE_INTERNET =
  'leave the load balancers on the internet, where they need a public zone for a name and certificates; give hostedZone and domainName, or clientRanges.';
const COPY_INTERVALS =
  'is no interval that comes out even in a day and leaves the database its own windows; give one of 3, 4, 6, 8, 12, 24 hours.';
const NO_NAME =
  "is no name that all services take; give small letters, digits and single hyphens, starting with a letter, and not with 'aws' or 'ssm'.";
const cannotBeMet = (needed: number) =>
  `can't be met: until the loss is noticed and the last answer of DNS has lived out its 60 seconds, up to ${needed} seconds pass. Give more, or a smaller failureThreshold or requestInterval.`;

/** What is refused of a system that only the company's networks reach. */
const BAD_INTERNAL: BadInput<Props>[] = [
  ['an unknown strategy', { strategy: 'hot' as 'warm' }, `strategy: "hot" is none; give 'warm' or 'cold'.`],
  [
    'an unknown health check',
    { healthCheck: 'ping' as 'alarm' },
    `healthCheck: "ping" is none; give 'alarm' or 'endpoint'.`,
  ],
  [
    'the same region twice',
    { standbyRegion: TOKYO },
    `standbyRegion: "${TOKYO}" is the primary one, too: what takes the primary away takes it along. Give another one.`,
  ],
  [
    'a region that there is not',
    { primaryRegion: 'ap-north-1' },
    `primaryRegion: "ap-north-1" is no region's code; give one like 'ap-northeast-3', as text and no token.`,
  ],
  [
    'a standby in no region',
    { standbyRegion: 'Osaka' },
    `standbyRegion: "Osaka" is no region's code; give one like 'ap-northeast-3', as text and no token.`,
  ],
  [
    'a standby in another partition',
    { standbyRegion: 'us-gov-west-1' },
    'standbyRegion: "us-gov-west-1" is in the partition aws-us-gov, where no failback can make its replica; give regions of the partition aws.',
  ],
  [
    'a primary without fault injection, where game days are on',
    { primaryRegion: 'ap-southeast-4', gameDay: true },
    'primaryRegion: "ap-southeast-4" does not have AWS Fault Injection Service; set gameDay to false, and rehearse with the takeover alone.',
  ],
  [
    'the same by the profile',
    { primaryRegion: 'ca-west-1', profile: SANDBOX },
    'primaryRegion: "ca-west-1" does not have AWS Fault Injection Service; set gameDay to false, and rehearse with the takeover alone.',
  ],
  ...['Shop', 'shop_1', '1shop', 'shop--two', '-shop', 'shop-', '', 'aws-shop', 'ssm', 'awsome'].map(
    (systemName): BadInput<Props> => [
      `the name "${systemName}"`,
      { systemName },
      `systemName: "${systemName}" ${NO_NAME}`,
    ],
  ),
  [
    'a name that is too long',
    { systemName: 'a'.repeat(30) },
    `systemName: "${'a'.repeat(30)}" leaves no room in the names of buckets; give at most 29 characters.`,
  ],
  [
    'a name that is too long, of a short region',
    { primaryRegion: 'us-east-1', standbyRegion: 'us-west-2', systemName: 'a'.repeat(35) },
    `systemName: "${'a'.repeat(35)}" leaves no room in the names of buckets; give at most 34 characters.`,
  ],
  [
    'nobody',
    { clientRanges: [] },
    `clientRanges: [] lets nobody in; name your company's ranges, like '10.0.0.0/8'.`,
  ],
  [
    'everywhere',
    { clientRanges: ['0.0.0.0/0'] },
    `clientRanges: "0.0.0.0/0" is everywhere, or nearly so. Name the ranges of your offices, like '198.51.100.0/24', or leave it out.`,
  ],
  [
    'ranges that overlap',
    { cidrs: { primary: '10.0.0.0/16', standby: '10.0.128.0/20' } },
    'cidrs: {"primary":"10.0.0.0/16","standby":"10.0.128.0/20"} overlap, so that nobody could be connected to both networks; give two that do not.',
  ],
  [
    'the same, the other way round',
    { cidrs: { primary: '10.0.128.0/20', standby: '10.0.0.0/16' } },
    'cidrs: {"primary":"10.0.128.0/20","standby":"10.0.0.0/16"} overlap, so that nobody could be connected to both networks; give two that do not.',
  ],
  [
    'a range that is too big',
    { cidrs: { primary: '10.0.0.0/15', standby: '10.2.0.0/16' } },
    'cidrs.primary: "10.0.0.0/15" is bigger than /16, which no VPC can be; choose /16 to /24.',
  ],
  [
    'a range that is none',
    { cidrs: { primary: '10.0.0.0/16', standby: 'x' } },
    `cidrs.standby: "x" is no IPv4 range in CIDR notation; write it like '10.0.0.0/16'.`,
  ],
  [
    'a zone without a name',
    { hostedZone: DOMAIN.hostedZone },
    'hostedZone: "example.com" is of no use without a name in it; give domainName too.',
  ],
  [
    'a name of another zone',
    { hostedZone: DOMAIN.hostedZone, domainName: 'shop.badexample.com' },
    'domainName: "shop.badexample.com" is not in the zone example.com; give a name that is.',
  ],
  [
    'a name that is none',
    { domainName: 'https://shop.example.internal' },
    `domainName: "https://shop.example.internal" is no fully qualified name; give one in lower case, like 'www.example.com', without https:// and a dot at its end.`,
  ],
  [
    'a name without a zone of its own',
    { domainName: 'example.internal' },
    `domainName: "example.internal" leaves no zone behind its first dot; give one like 'intranet.example.internal'.`,
  ],
  [
    'public checks of a private zone',
    { healthCheck: 'endpoint' },
    `healthCheck: "endpoint" asks from the internet, which a private zone's system does not answer; give 'alarm', or a public hostedZone.`,
  ],
  [
    'public checks of private addresses',
    { ...DOMAIN, healthCheck: 'endpoint' },
    `healthCheck: "endpoint" asks from the internet, which a load balancer with private addresses does not answer; give 'alarm', or leave out clientRanges.`,
  ],
  [
    'a certificate of the other region',
    { certificateArns: { primary: certificateIn(OSAKA), standby: certificateIn(OSAKA) } },
    `certificateArns.primary: "${certificateIn(OSAKA)}" is no ARN of ${TOKYO}, where its load balancer is; give one that is.`,
  ],
  [
    'a certificate that is none',
    { certificateArns: { primary: certificateIn(TOKYO), standby: 'mine' } },
    `certificateArns.standby: "mine" is no ARN of ${OSAKA}, where its load balancer is; give one that is.`,
  ],
  ...[0, 11, 1.5].map(
    (failureThreshold): BadInput<Props> => [
      `a threshold of ${failureThreshold}`,
      { failureThreshold },
      `failureThreshold: ${failureThreshold} is not possible; give 1 to 10 failures, without a fraction.`,
    ],
  ),
  [
    'an interval of requests that nobody makes',
    { requestInterval: seconds(10) },
    `requestInterval: "Duration.seconds(10)" is of no use with an alarm, which looks once a minute; leave it out, or give the healthCheck 'endpoint'.`,
  ],
  [
    'an objective that detection and TTL alone exceed',
    { recoveryTimeObjective: seconds(334) },
    `recoveryTimeObjective: "Duration.seconds(334)" ${cannotBeMet(335)}`,
  ],
  [
    'a threshold with which the default objective can not be met',
    { failureThreshold: 10, recoveryTimeObjective: Duration.minutes(10) },
    `recoveryTimeObjective: "Duration.minutes(10)" ${cannotBeMet(755)}`,
  ],
  ...[seconds(59), Duration.seconds(86_401), Duration.millis(90_500)].map(
    (recoveryPointObjective): BadInput<Props> => [
      `a replica behind by ${recoveryPointObjective.toString()}`,
      { recoveryPointObjective },
      `recoveryPointObjective: "${recoveryPointObjective.toString()}" is not possible; give 60 to 86400 whole seconds.`,
    ],
  ),
  [
    'copies for a standby that is warm',
    { copyInterval: hours(6) },
    `copyInterval: "Duration.hours(6)" is that of a standby which is cold; leave it out, or give the strategy 'cold'.`,
  ],
  ...[hours(1), hours(5), hours(48), Duration.minutes(200)].map(
    (copyInterval): BadInput<Props> => [
      `a copy every ${copyInterval.toString()}`,
      { strategy: 'cold', copyInterval, recoveryPointObjective: hours(100) },
      `copyInterval: "${copyInterval.toString()}" ${COPY_INTERVALS}`,
    ],
  ),
  ...[hours(3), hours(169), Duration.minutes(270)].map(
    (recoveryPointObjective): BadInput<Props> => [
      `copies not older than ${recoveryPointObjective.toString()}`,
      { strategy: 'cold', copyInterval: hours(3), recoveryPointObjective },
      `recoveryPointObjective: "${recoveryPointObjective.toString()}" is not possible with copies; give 4 to 168 whole hours, or the strategy 'warm'.`,
    ],
  ),
  [
    'a copy as often as the objective',
    { strategy: 'cold', copyInterval: hours(6), recoveryPointObjective: hours(6) },
    `recoveryPointObjective: "Duration.hours(6)" can't be met by a copy every 6 hours, which takes its time, too; give more, or a smaller copyInterval.`,
  ],
  [
    'less than the default interval',
    { strategy: 'cold', recoveryPointObjective: hours(24) },
    `recoveryPointObjective: "Duration.hours(24)" can't be met by a copy every 24 hours, which takes its time, too; give more, or a smaller copyInterval.`,
  ],
  [
    'no servers',
    { minCapacity: 0 },
    'minCapacity: 0 is not possible; give 1 or more servers, without a fraction.',
  ],
  [
    'fewer servers at most than at least',
    { minCapacity: 7 },
    'maxCapacity: 6 is not possible; give 7 or more servers, without a fraction.',
  ],
  [
    'a part of a server',
    { maxCapacity: 4.5 },
    'maxCapacity: 4.5 is not possible; give 2 or more servers, without a fraction.',
  ],
  ...[0, 3, 1.5].map(
    (standbyCapacity): BadInput<Props> => [
      `${standbyCapacity} servers in the standby`,
      { standbyCapacity },
      `standbyCapacity: ${standbyCapacity} is not possible; give 1 to 2 servers, without a fraction.`,
    ],
  ),
  [
    'servers in a standby that is cold',
    { strategy: 'cold', standbyCapacity: 1 },
    `standbyCapacity: 1 servers can't run in a standby that is cold; leave it out, or give the strategy 'warm'.`,
  ],
  [
    'a warm standby of a database without backups',
    { profile: withoutBackups },
    `profile.backupRetention: 0 leaves a warm standby without a database: RDS makes no replica of one without backups. Give a day or more, or the strategy 'cold'.`,
  ],
  [
    'a page without a slash',
    { checkPath: 'news' },
    `checkPath: "news" is no path; give one that starts with '/'.`,
  ],
  [
    'an id of no image',
    { amiIds: { primary: 'i-0123456789abcdef0', standby: 'ami-0123456789abcdef0' } },
    `amiIds.primary: "i-0123456789abcdef0" is no id of an image; give one like 'ami-0123456789abcdef0'.`,
  ],
  [
    'half a second of warm-up, with images',
    {
      amiIds: { primary: 'ami-0123456789abcdef0', standby: 'ami-0123456789abcdef1' },
      instanceWarmup: Duration.millis(500),
    },
    'instanceWarmup: "Duration.millis(500)" is not possible; give whole seconds.',
  ],
];

/** What is refused of a system on the internet. */
const BAD_ONLINE: BadInput<Props>[] = [
  [
    'no zone',
    { hostedZone: undefined, domainName: undefined },
    `clientRanges: undefined ${NOT_ON_THE_INTERNET}`,
  ],
  ...[seconds(20), seconds(0), Duration.millis(10_500), Duration.minutes(1)].map(
    (requestInterval): BadInput<Props> => [
      `requests every ${requestInterval.toString()}`,
      { requestInterval },
      `requestInterval: "${requestInterval.toString()}" is not possible; Route 53 has 10 and 30 seconds.`,
    ],
  ),
  [
    'an objective that detection and TTL alone exceed',
    { recoveryTimeObjective: seconds(167) },
    `recoveryTimeObjective: "Duration.seconds(167)" ${cannotBeMet(168)}`,
  ],
  [
    'the same with quick requests',
    { requestInterval: seconds(10), failureThreshold: 1, recoveryTimeObjective: seconds(75) },
    `recoveryTimeObjective: "Duration.seconds(75)" ${cannotBeMet(76)}`,
  ],
];

/** Whether options that patterns have in common are such that this one has, too. */
function isOurs<T extends object>(props: T): props is T & { readonly application?: never } {
  const others = ['amiId', 'application', 'cidr', 'keptVolumeSize', 'machineImage', 'vpc'];
  return !others.some((name) => name in props);
}

const spare = () => new Stack(createApp(), 'Stack');

describe('refuses', () => {
  const app = createApp();
  const cases = [
    ...BAD_INTERNAL.map(([name, props, problem]) => [name, { ...INTERNAL, ...props }, problem] as const),
    ...badCommonInput(spare()).flatMap(([name, props, problem]) =>
      isOurs(props) ? [[name, { ...INTERNAL, ...props }, problem] as const] : [],
    ),
    ...BAD_ONLINE.map(
      ([name, props, problem]) => [`${name}, online`, { ...ONLINE, ...props }, problem] as const,
    ),
  ].map(([name, props, problem], index) => [name, `Bad${index}`, props, problem] as const);

  test.each(cases)('%s', (_, id, props, problem) => {
    expect(() => new DisasterRecovery(app, id, props)).toThrow(
      new Error(`DisasterRecovery at ${id} has a problem:\n  - ${problem}`),
    );
  });

  test('all of it in one error', () => {
    const props: DisasterRecoveryProps = {
      primaryRegion: TOKYO,
      standbyRegion: TOKYO,
      strategy: 'cold',
      systemName: 'Shop',
      clientRanges: ['x'],
      cidrs: { primary: 'y', standby: 'z' },
      domainName: 'internal',
      healthCheck: 'endpoint',
      copyInterval: hours(5),
      recoveryPointObjective: hours(1),
      recoveryTimeObjective: seconds(1),
      minCapacity: 0,
      standbyCapacity: 1,
      checkPath: '',
      amiIds: { primary: '', standby: 'ami' },
      allocatedStorage: 1,
      deregistrationDelay: Duration.days(1),
      alarmEmail: '',
    };
    let text = '';
    try {
      new DisasterRecovery(app, 'Everything', props);
    } catch (error) {
      text = String(error);
    }
    const [first, ...lines] = text.split('\n  - ').map((line) => line.split(':')[0]?.trim());
    expect(first).toBe('Error');
    expect(text).toContain('DisasterRecovery at Everything has 19 problems:');
    expect(lines).toEqual([
      'standbyRegion',
      'systemName',
      'clientRanges',
      'cidrs.primary',
      'cidrs.standby',
      'domainName',
      'domainName',
      'healthCheck',
      'recoveryTimeObjective',
      'copyInterval',
      'recoveryPointObjective',
      'minCapacity',
      'standbyCapacity',
      'checkPath',
      'deregistrationDelay',
      'amiIds.primary',
      'amiIds.standby',
      'allocatedStorage',
      'alarmEmail',
    ]);
  });

  test('a name of a stage that is too long, and says which prop gives another', () => {
    expect(() => new DisasterRecovery(app, 'TheDisasterRecoveryOfTheWholeCompany', INTERNAL)).toThrow(
      'systemName: "the-disaster-recovery-of-the-whole-company" leaves no room',
    );
  });

  test('an application that does not fit', () => {
    const application = () => ({ ...OWN_APPLICATION, port: 80 });
    expect(() => new DisasterRecovery(app, 'Application', { ...INTERNAL, application })).toThrow(
      /has a problem:\n {2}- application\.port: 80 is no port for an application; give 1024 to 65535\.$/,
    );
  });

  test('a region of China on both sides', () => {
    const props = { primaryRegion: 'cn-north-1', standbyRegion: 'cn-northwest-1', gameDay: false };
    expect(() => new DisasterRecovery(app, 'China', { ...INTERNAL, ...props })).toThrow(
      /has 2 problems:\n {2}- primaryRegion: "cn-north-1" is in the partition aws-cn, .*\n {2}- standbyRegion: "cn-northwest-1" is in /,
    );
  });

  test('a token where a name or a region must be known', () => {
    const { region } = spare();
    for (const props of [{ systemName: region }, { standbyRegion: region }, { domainName: region }]) {
      const [prop = ''] = Object.keys(props);
      expect(() => new DisasterRecovery(app, `Token${prop}`, { ...INTERNAL, ...props })).toThrow(`${prop}: `);
    }
  });
});

describe('takes', () => {
  const token = spare().region;
  const number = Token.asNumber({ Ref: 'Number' });
  const limits: Props[] = [
    { systemName: 'a'.repeat(29) },
    { primaryRegion: 'us-east-1', standbyRegion: 'eu-west-1', systemName: 'a'.repeat(34) },
    { systemName: 's' },
    { primaryRegion: 'ap-southeast-4', gameDay: false },
    { primaryRegion: 'ca-west-1' },
    { standbyRegion: 'ap-southeast-4', gameDay: true },
    { cidrs: { primary: '10.0.0.0/24', standby: '10.0.1.0/24' } },
    { cidrs: { primary: '10.1.0.0/16', standby: '10.0.0.0/16' } },
    { domainName: 'shop.example.internal' },
    { ...DOMAIN, domainName: token },
    { ...DOMAIN, domainName: 'example.com' },
    { hostedZone: { hostedZoneId: token, zoneName: token }, domainName: 'shop.example.com' },
    { certificateArns: { primary: token, standby: token } },
    { failureThreshold: 1, recoveryTimeObjective: seconds(215) },
    { failureThreshold: 10, recoveryTimeObjective: seconds(755) },
    { recoveryTimeObjective: seconds(335) },
    { recoveryTimeObjective: Duration.minutes(number) },
    { recoveryPointObjective: seconds(60) },
    { recoveryPointObjective: Duration.days(1) },
    { recoveryPointObjective: seconds(number) },
    { strategy: 'cold', copyInterval: hours(3), recoveryPointObjective: hours(4) },
    { strategy: 'cold', copyInterval: hours(24), recoveryPointObjective: Duration.days(7) },
    { strategy: 'cold', profile: withoutBackups },
    { minCapacity: 1, maxCapacity: 1 },
    { minCapacity: 6, standbyCapacity: 6 },
    { minCapacity: number, standbyCapacity: 3 },
    { maxCapacity: number },
    { standbyCapacity: number },
    { checkPath: token },
    { amiIds: { primary: token, standby: 'ami-01234567' } },
    ...goodCommonInput(spare()).filter(isOurs),
  ];
  const online: Props[] = [
    { requestInterval: seconds(10), failureThreshold: 1, recoveryTimeObjective: seconds(76) },
    { requestInterval: Duration.millis(30_000), recoveryTimeObjective: seconds(168) },
    { healthCheck: 'alarm', recoveryTimeObjective: seconds(335) },
  ];
  const app = createApp();
  test.each(
    [
      ...limits.map((props) => ({ ...INTERNAL, ...props })),
      ...online.map((props) => ({ ...ONLINE, ...props })),
    ].map((props, index) => [index, props] as const),
  )('what is just allowed: %s', (index, props) => {
    expect(() => new DisasterRecovery(app, `Good${index}`, props)).not.toThrow();
  });

  test('two systems side by side, which share no name', () => {
    const both = createApp();
    new DisasterRecovery(both, 'First', { ...INTERNAL, strategy: 'cold' });
    new DisasterRecovery(both, 'SecondOne', { ...INTERNAL, strategy: 'cold', profile: SANDBOX });
    const names = [...templatesOf(both)].map(
      ([id, template]) => [id.split('/')[0], fixedNamesIn(template).map(({ name }) => name)] as const,
    );
    const of = (stage: string) => new Set(names.flatMap(([id, found]) => (id === stage ? found : [])));
    expect(of('First')).toContain('first-database');
    expect(of('SecondOne')).toContain('second-one-database');
    expect([...of('First')].filter((name) => of('SecondOne').has(name))).toEqual([]);
  });

  test('the name of a stage in small letters, with hyphens between its words', () => {
    const nameOf = (id: string, props: Props = {}) =>
      new DisasterRecovery(createApp(), id, { ...INTERNAL, ...props }).systemName;
    expect(nameOf('DisasterRecovery')).toBe('disaster-recovery');
    expect(nameOf('Shop2Go')).toBe('shop2-go');
    expect(nameOf('A', { stageName: 'DisasterRecovery-production' })).toBe('disaster-recovery-production');
    expect(nameOf('A', { systemName: 'shop' })).toBe('shop');
  });

  test('an account, for all stacks', () => {
    const { dns, overview, primary, standby, standbyBase } = new DisasterRecovery(createApp(), 'Shop', {
      ...INTERNAL,
      account: '123456789012',
    });
    expect([standbyBase, primary, dns, standby, overview].map(({ account }) => account)).toEqual(
      Array(5).fill('123456789012'),
    );
  });

  test('another pair of regions', () => {
    for (const strategy of ['warm', 'cold'] as const) {
      const pair = { primaryRegion: 'eu-central-1', standbyRegion: 'eu-west-3' };
      const { base, dns, primary, site, standby } = synthesize({ ...pair, strategy });
      const all = JSON.stringify([base, primary, dns, site, standby]);
      expect(all).not.toContain('ap-northeast');
      const bucket = named(resourcesOf(base, 'AWS::S3::Bucket'), 'FilesBucket').Properties.BucketName;
      expect(JSON.stringify(bucket)).toContain('eu-west-3');
      const parameter = named(resourcesOf(base, 'AWS::SSM::Parameter'), 'SwitchActiveRegion');
      expect(parameter.Properties.Value).toBe('eu-central-1');
    }
  });

  test('an application, made once for each region', () => {
    const stacks: string[] = [];
    const application: NonNullable<Props['application']> = (scope) => {
      stacks.push(Stack.of(scope).node.path);
      return OWN_APPLICATION;
    };
    const system = synthesize({ application });
    expect(stacks).toEqual(['DisasterRecovery/Primary', 'DisasterRecovery/Standby']);
    for (const template of [system.primary, system.site]) {
      expect(firstBootOf(template)).toMatch(
        /\nDATABASE_HOST=.*\necho .*\necho first\necho second\ncurl .*\/alive\n/,
      );
      expect(firstBootOf(template)).not.toContain('company-news');
      expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
        Port: 9000,
        HealthCheckPath: '/alive',
      });
    }
    const online = synthesize({ ...DOMAIN, application });
    const check = named(resourcesOf(online.dns, 'AWS::Route53::HealthCheck'), 'HealthWorking');
    expect(check.Properties.HealthCheckConfig).toMatchObject({ ResourcePath: '/alive' });
  });

  test('an image of each region', () => {
    const amiIds = { primary: 'ami-0123456789abcdef0', standby: 'ami-0123456789abcdef1' };
    for (const strategy of ['warm', 'cold'] as const) {
      const { primary, site } = synthesize({ amiIds, strategy });
      expect([primary, site].map((template) => serverOf(template).ImageId)).toEqual(Object.values(amiIds));
    }
  });

  test('certificates of each region', () => {
    const certificateArns = { primary: certificateIn(TOKYO), standby: certificateIn(OSAKA) };
    for (const strategy of ['warm', 'cold'] as const) {
      const { dns, primary, site, standby } = synthesize({ certificateArns, strategy });
      for (const [template, arn] of [
        [primary, certificateArns.primary],
        [site, certificateArns.standby],
      ] as const) {
        const listeners = Object.values(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener'));
        expect(listeners.map(({ Properties }) => Properties.Certificates)).toContainEqual([
          { CertificateArn: arn },
        ]);
        expect(resourcesOf(template, 'AWS::CertificateManager::Certificate')).toEqual({});
      }
      for (const template of [primary, standby]) {
        const fn = named(resourcesOf(template, 'AWS::Lambda::Function'), 'VerificationFunction');
        expect(fn.Properties.Environment).toMatchObject({
          Variables: { PROTOCOL: 'https', HOST: 'intranet.shop.internal' },
        });
        const group = named(resourcesOf(template, 'AWS::EC2::SecurityGroup'), 'VerificationFunction');
        expect(group.Properties.SecurityGroupEgress).toMatchObject([{ FromPort: 443, ToPort: 443 }]);
      }
      expect(dns.Outputs?.Url?.Value).toBe('https://intranet.shop.internal');
    }
  });

  test('a public zone, which proves a certificate in each region', () => {
    for (const strategy of ['warm', 'cold'] as const) {
      const { dns, primary, standby } = synthesize({ ...DOMAIN, strategy });
      for (const template of [primary, standby]) {
        expect(theOnly(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
          DomainName: 'shop.example.com',
          ValidationMethod: 'DNS',
          DomainValidationOptions: [{ HostedZoneId: DOMAIN.hostedZone.hostedZoneId }],
        });
      }
      expect(dns.Outputs?.Url?.Value).toBe('https://shop.example.com');
    }
  });

  test('a name of a private zone', () => {
    const { dns } = synthesize({ domainName: 'shop.example.internal' });
    expect(theOnly(dns, 'AWS::Route53::HostedZone').Properties.Name).toBe('example.internal.');
    expect(theOnly(dns, 'AWS::Route53::RecordSet').Properties.Name).toBe('shop.example.internal.');
    expect(dns.Outputs?.Url?.Value).toBe('http://shop.example.internal');
  });

  test('a third profile', () => {
    const profile: Profile = { ...SANDBOX, multiAz: true, natGateways: 2, backupRetention: Duration.days(3) };
    const { base, primary, site } = synthesize({ profile });
    expect(theOnly(primary, 'AWS::RDS::DBInstance').Properties).toMatchObject({
      MultiAZ: true,
      BackupRetentionPeriod: 3,
      DeletionProtection: false,
    });
    expect(theOnly(site, 'AWS::RDS::DBInstance').Properties.MultiAZ).toBe(true);
    for (const template of [base, primary]) {
      expect(Object.keys(resourcesOf(template, 'AWS::EC2::NatGateway'))).toHaveLength(2);
    }
  });

  test('wishes about the load balancers, the servers and the databases, in both regions', () => {
    const { primary, site } = synthesize({
      stickinessCookieDuration: hours(2),
      instanceWarmup: seconds(45),
      databaseName: 'shop',
      maxConnections: 90,
      maxAllocatedStorage: 50,
      multiAz: false,
    });
    for (const template of [primary, site]) {
      const group = theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
      expect(attributesOf(group)).toMatchObject({ 'stickiness.lb_cookie.duration_seconds': '7200' });
      expect(theOnly(template, 'AWS::AutoScaling::AutoScalingGroup').Properties.DefaultInstanceWarmup).toBe(
        45,
      );
      expect(theOnly(template, 'AWS::RDS::DBParameterGroup').Properties.Parameters).toMatchObject({
        max_connections: '90',
      });
      expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
        MaxAllocatedStorage: 50,
        MultiAZ: false,
      });
      expect(firstBootOf(template)).toContain('\nDATABASE_NAME=shop\n');
    }
  });
});

test('stacks are protected in production, and say what they are', () => {
  for (const [profile, isProtected] of [
    [PRODUCTION, true],
    [SANDBOX, false],
  ] as const) {
    const { dns, overview, primary, standby, standbyBase } = new DisasterRecovery(createApp(), 'Shop', {
      ...INTERNAL,
      profile,
    });
    for (const stack of [standbyBase, primary, dns, standby, overview]) {
      expect(stack.terminationProtection).toBe(isProtected);
      expect(stack.templateOptions.description).toMatch(/^shop: .+ \(AWS Standard Patterns\)$/);
    }
  }
});

test('outputs are what a person uses next', () => {
  const outputsOf = (props: Props) => {
    const { base, dns, overview, primary, standby } = synthesize(props);
    return [base, primary, dns, standby, overview].map(({ Outputs }) =>
      Object.keys(Outputs ?? {}).filter((name) => !name.startsWith('PublishOutput')),
    );
  };
  const always = [['Url'], ['CheckCommand', 'Dashboard', 'FailoverCommand'], ['Dashboard']];
  const primary = ['FailbackCommand', 'SessionManagerCommand', 'Dashboard'];
  for (const strategy of ['warm', 'cold'] as const) {
    expect(outputsOf({ strategy })).toEqual([[], primary, ...always]);
    expect(outputsOf({ strategy, gameDay: true })).toEqual([[], ['GameDayCommand', ...primary], ...always]);
  }
});

test('commands start the workflow of their region, in the mode that they are for', () => {
  for (const strategy of ['warm', 'cold'] as const) {
    const { primary, standby } = synthesize({ strategy, gameDay: true });
    const commands = [primary, standby].flatMap(({ Outputs = {}, Resources }) =>
      Object.entries(Outputs)
        .filter(([name]) => /^(Check|Failback|Failover)Command$/.test(name))
        .map(([name, { Value }]) => {
          const text = textOf(Value);
          const [, region, machine = '', mode] =
            /^aws stepfunctions start-execution --region (\S+) --state-machine-arn <(\w+)> --input '\{"mode":"(\w+)"\}'$/.exec(
              text,
            ) ?? [];
          return [name, region, Resources[machine]?.Properties.StateMachineName, mode];
        }),
    );
    expect(commands).toEqual([
      ['FailbackCommand', TOKYO, 'shop-take-over', 'planned'],
      ['CheckCommand', OSAKA, 'shop-take-over', 'check'],
      ['FailoverCommand', OSAKA, 'shop-take-over', 'disaster'],
    ]);
    const gameDay = named(resourcesOf(primary, 'AWS::FIS::ExperimentTemplate'), 'GameDayServers').id;
    expect(textOf(primary.Outputs?.GameDayCommand?.Value)).toBe(
      `aws fis start-experiment --region ${TOKYO} --experiment-template-id <${gameDay}.Id>`,
    );
  }
});
