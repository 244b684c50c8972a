import { Schedule } from 'aws-cdk-lib/aws-autoscaling';
import type { BlueGreenServiceStackProps } from '../lib/blue-green-service/blue-green-service-stack';
import type { CampaignSiteStackProps } from '../lib/campaign-site/campaign-site-stack';
import type { CorporateSiteStackProps } from '../lib/corporate-site/corporate-site-stack';
import type { DisasterRecoveryProps } from '../lib/disaster-recovery/disaster-recovery';
import type { IntranetStackProps } from '../lib/intranet/intranet-stack';
import type { Scaling } from '../lib/intranet/scaling-options';
import type { MicroservicesStackProps } from '../lib/microservices/microservices-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import type { ServerlessApiStackProps } from '../lib/serverless-api/serverless-api-stack';
import type { Stage } from '../lib/serverless-api/stage';
import { problemsOf } from './check-settings';

/** A domain that you own, with its public hosted zone in Route 53. */
export interface Domain {
  /** The zone's id, like 'Z0123456789ABCDEFGHIJ'. */
  readonly hostedZoneId: string;

  /** The zone's name, without a dot at its end, like 'example.com'. */
  readonly zoneName: string;

  /**
   * The ARN of a certificate of us-east-1 that covers the zone's names, for patterns with CloudFront.
   *
   * @default - none
   */
  readonly certificateArn?: string;
}

/** The settings of one environment. Everything optional may stay out: nothing then is asked of the account. */
export interface Settings {
  /** What the environment trades between safety and cost. */
  readonly profile: Profile;

  /** What follows the stacks' names, so that environments can share an account. May be empty. */
  readonly stackNameSuffix: string;

  /**
   * The region of all stacks that have no other one of their own.
   *
   * @default - the region of the CLI's credentials
   */
  readonly region?: string;

  /**
   * Your domain. Each pattern puts one name into it. It needs a `region`, since a certificate of us-east-1 is referred to
   * from there.
   *
   * @default - the patterns use the names and addresses that AWS gives
   */
  readonly domain?: Domain;

  /**
   * Who receives the alarms.
   *
   * @default - nobody; the alarms show on the dashboards
   */
  readonly alarmEmail?: string;

  /**
   * Your offices' ranges, IPv4 in CIDR notation. They may use SSH where a pattern has it.
   *
   * @default - none
   */
  readonly officeRanges?: string[];

  /** What is particular to the campaign site. */
  readonly campaignSite: Pick<
    CampaignSiteStackProps,
    'exposure' | 'networkAcls' | 'machineImage' | 'content'
  >;

  /** What is particular to the corporate site. */
  readonly corporateSite: Pick<
    CorporateSiteStackProps,
    'amiId' | 'application' | 'exposure' | 'serverCount' | 'staticContent' | 'webApplicationFirewall'
  >;

  /** What is particular to the intranet. */
  readonly intranet: Pick<
    IntranetStackProps,
    'amiId' | 'application' | 'clientRanges' | 'egress' | 'maxCapacity' | 'minCapacity' | 'scaling'
  >;

  /** What is particular to the serverless API; an environment is one stage of it. */
  readonly serverlessApi: Pick<
    ServerlessApiStackProps,
    | 'allowedFileTypes'
    | 'api'
    | 'authentication'
    | 'cleanUpSchedule'
    | 'cloudWatchRole'
    | 'maxFileSize'
    | 'requestValidation'
    | 'siteContent'
    | 'usagePlan'
    | 'webApplicationFirewall'
  > & { readonly stage: Stage };

  /** What is particular to the system in two regions; it names its regions itself. */
  readonly disasterRecovery: Pick<
    DisasterRecoveryProps,
    | 'amiIds'
    | 'application'
    | 'cidrs'
    | 'clientRanges'
    | 'copyInterval'
    | 'failureThreshold'
    | 'gameDay'
    | 'maxCapacity'
    | 'minCapacity'
    | 'primaryRegion'
    | 'recoveryPointObjective'
    | 'recoveryTimeObjective'
    | 'standbyCapacity'
    | 'standbyRegion'
    | 'strategy'
  >;

  /** What is particular to the service in containers and its pipeline. */
  readonly blueGreenService: Pick<
    BlueGreenServiceStackProps,
    | 'bakeTime'
    | 'canaryConfiguration'
    | 'containerInsights'
    | 'cpu'
    | 'deployment'
    | 'deploymentStrategy'
    | 'linearConfiguration'
    | 'maxCapacity'
    | 'maxSeverity'
    | 'memoryLimitMiB'
    | 'minCapacity'
    | 'production'
    | 'servers'
    | 'source'
    | 'testClientRanges'
    | 'tracing'
  >;

  /** What is particular to the cluster and the shop on it. */
  readonly microservices: Pick<
    MicroservicesStackProps,
    | 'addonVersions'
    | 'cidr'
    | 'clientRanges'
    | 'compute'
    | 'containerInsights'
    | 'cpuLimit'
    | 'images'
    | 'instanceTypes'
    | 'interfaceEndpointRanges'
    | 'mastersRoleArn'
    | 'maxSize'
    | 'minSize'
    | 'publicAccessCidrs'
    | 'sizes'
    | 'supportType'
    | 'webApplicationFirewall'
  >;
}

/** Any pair of regions will do that offers the services. */
const TOKYO_TO_OSAKA = { primaryRegion: 'ap-northeast-1', standbyRegion: 'ap-northeast-3' };

/** One server more while people are at work in Japan. */
const OFFICE_HOURS: Scaling = {
  targetCpu: 50,
  timeZone: 'Asia/Tokyo',
  schedules: [
    { schedule: Schedule.cron({ weekDay: 'MON-FRI', hour: '8', minute: '30' }), minCapacity: 3 },
    { schedule: Schedule.cron({ weekDay: 'MON-FRI', hour: '19', minute: '0' }), minCapacity: 2 },
  ],
};

/** The environments. Edit yours here; `cdk -c environment=<name>` chooses, and sandbox is the default. */
const ENVIRONMENTS: Record<string, Settings> = {
  sandbox: {
    profile: SANDBOX,
    stackNameSuffix: '',
    campaignSite: { exposure: 'elasticIp' },
    corporateSite: { exposure: 'publicLoadBalancer' },
    intranet: { clientRanges: ['10.0.0.0/8'], egress: 'nat', scaling: OFFICE_HOURS },
    serverlessApi: { stage: 'dev' },
    disasterRecovery: { ...TOKYO_TO_OSAKA, strategy: 'warm', clientRanges: ['10.0.0.0/8'] },
    blueGreenService: {},
    microservices: {},
  },
  production: {
    profile: PRODUCTION,
    stackNameSuffix: '-production',
    campaignSite: { exposure: 'elasticIp', networkAcls: true },
    corporateSite: { exposure: 'cloudFrontVpcOrigin' },
    intranet: {
      clientRanges: ['10.0.0.0/8'],
      egress: 'nat',
      scaling: { ...OFFICE_HOURS, predictive: { mode: 'forecastOnly' } },
    },
    serverlessApi: { stage: 'prod' },
    disasterRecovery: { ...TOKYO_TO_OSAKA, strategy: 'warm', clientRanges: ['10.0.0.0/8'] },
    blueGreenService: { production: true },
    microservices: {},
  },
};

/** The names of all environments. */
export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(ENVIRONMENTS);

/**
 * The settings of an environment.
 *
 * @param environment its name; undefined means sandbox
 * @param environments all of them, by name
 * @throws an error that lists every problem and what is allowed instead
 */
export function settingsFor(environment: unknown = 'sandbox', environments = ENVIRONMENTS): Settings {
  const name = String(environment);
  const settings = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (!settings) {
    const names = Object.keys(environments).join(', ');
    throw new Error(`-c environment=${environment}: there is no such environment; choose one of: ${names}.`);
  }
  const problems = problemsOf(settings);
  if (problems.length > 0) {
    const lines = problems.map((problem) => `  - ${problem}`);
    throw new Error(
      [`The settings of ${environment} in bin/settings.ts can't be used:`, ...lines].join('\n'),
    );
  }
  return settings;
}
