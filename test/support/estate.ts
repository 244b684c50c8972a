import { type App, Duration } from 'aws-cdk-lib';
import { Period } from 'aws-cdk-lib/aws-apigateway';
import { addCatalogue } from '../../bin/catalogue';
import { ENVIRONMENT_NAMES, settingsFor } from '../../bin/settings';
import { BlueGreenServiceStack } from '../../lib/blue-green-service/blue-green-service-stack';
import { CampaignSiteStack } from '../../lib/campaign-site/campaign-site-stack';
import { CorporateSiteStack } from '../../lib/corporate-site/corporate-site-stack';
import { DisasterRecovery } from '../../lib/disaster-recovery/disaster-recovery';
import { IntranetStack } from '../../lib/intranet/intranet-stack';
import { MicroservicesStack } from '../../lib/microservices/microservices-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { ServerlessApiStack } from '../../lib/serverless-api/serverless-api-stack';

/** One app that all gates look at. */
export interface Part {
  readonly name: string;
  readonly profile: Profile;
  readonly addStacks: (app: App) => void;
}

/** The catalogue in every environment: a stack that is added there is here, too. */
export const CATALOGUE: readonly Part[] = ENVIRONMENT_NAMES.map((environment) => {
  const settings = settingsFor(environment);
  return {
    name: environment,
    profile: settings.profile,
    addStacks: (app) => addCatalogue(app, settings),
  };
});

const DOMAIN = { hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' } };

const TWO_REGIONS = { primaryRegion: 'us-east-1', standbyRegion: 'us-west-2' };

const certificateIn = (region: string) =>
  `arn:aws:acm:${region}:123456789012:certificate/12345678-1234-1234-1234-123456789012`;

/** What props make of a pattern and the catalogue's own settings do not show. Stacks bear the catalogue's ids. */
const VARIANTS: Record<string, (app: App, profile: Profile) => void> = {
  'with VPC endpoints and steps': (app, profile) => {
    new IntranetStack(app, 'Intranet', {
      profile,
      clientRanges: ['10.0.0.0/8'],
      egress: 'endpoints',
      scaling: {
        cpuSteps: [
          { upper: 25, change: -1 },
          { lower: 60, change: 1 },
          { lower: 80, change: 2 },
        ],
      },
    });
  },
  'with a domain, targets and a forecast': (app, profile) => {
    new IntranetStack(app, 'Intranet', {
      profile,
      ...DOMAIN,
      domainName: 'intranet.example.com',
      clientRanges: ['10.0.0.0/8', '192.168.0.0/16'],
      scaling: { targetCpu: 60, targetRequests: 600, predictive: { mode: 'forecastAndScale' } },
    });
  },
  'with a VPC origin and a firewall at the load balancer': (app, profile) => {
    new CorporateSiteStack(app, 'CorporateSite', {
      profile,
      exposure: 'cloudFrontVpcOrigin',
      webApplicationFirewall: true,
    });
  },
  'with a domain and a firewall at the edge': (app, profile) => {
    new CorporateSiteStack(app, 'CorporateSite', {
      profile,
      ...DOMAIN,
      env: { region: 'ap-northeast-1' },
      domainName: 'www.example.com',
      webApplicationFirewall: true,
      stickinessCookieDuration: Duration.hours(1),
      originSecretGeneration: 2,
    });
  },
  'with a domain and a VPC origin': (app, profile) => {
    new CorporateSiteStack(app, 'CorporateSite', {
      profile,
      ...DOMAIN,
      env: { region: 'ap-northeast-1' },
      domainName: 'www.example.com',
      exposure: 'cloudFrontVpcOrigin',
      alarmEmail: 'alarms@example.com',
    });
  },
  'with an HTTP API and sign-in': (app, profile) => {
    new ServerlessApiStack(app, 'ServerlessApi', {
      profile,
      stage: 'stg',
      webApplicationFirewall: false,
      authentication: true,
      selfSignUpEnabled: true,
    });
  },
  'with a REST API for everyone': (app, profile) => {
    new ServerlessApiStack(app, 'ServerlessApi', {
      profile,
      stage: 'dev',
      api: 'rest',
      webApplicationFirewall: false,
      authentication: false,
      cloudWatchRole: false,
    });
  },
  'with a REST API, a firewall, validation and a key': (app, profile) => {
    new ServerlessApiStack(app, 'ServerlessApi', {
      profile,
      ...DOMAIN,
      env: { region: 'ap-northeast-1' },
      domainName: 'documents.example.com',
      webApplicationFirewall: true,
      requestValidation: true,
      authentication: true,
      usagePlan: { quota: { limit: 10_000, period: Period.DAY } },
      originSecretGeneration: 2,
      alarmEmail: 'alarms@example.com',
    });
  },
  'with a cold standby': (app, profile) => {
    new DisasterRecovery(app, 'DisasterRecovery', {
      profile,
      ...TWO_REGIONS,
      strategy: 'cold',
      clientRanges: ['10.0.0.0/8'],
      alarmEmail: 'alarms@example.com',
    });
  },
  'with a cold standby on the internet': (app, profile) => {
    new DisasterRecovery(app, 'DisasterRecovery', {
      profile,
      ...TWO_REGIONS,
      ...DOMAIN,
      domainName: 'shop.example.com',
      strategy: 'cold',
      gameDay: true,
    });
  },
  'with a warm standby on the internet': (app, profile) => {
    new DisasterRecovery(app, 'DisasterRecovery', {
      profile,
      ...TWO_REGIONS,
      ...DOMAIN,
      domainName: 'shop.example.com',
      requestInterval: Duration.seconds(10),
      gameDay: false,
    });
  },
  'with a warm standby and certificates': (app, profile) => {
    new DisasterRecovery(app, 'DisasterRecovery', {
      profile,
      ...TWO_REGIONS,
      clientRanges: ['10.0.0.0/8', '192.168.0.0/16'],
      domainName: 'shop.example.internal',
      certificateArns: { primary: certificateIn('us-east-1'), standby: certificateIn('us-west-2') },
      gameDay: true,
    });
  },
  'with CodeDeploy, a canary and two services': (app, profile) => {
    new BlueGreenServiceStack(app, 'BlueGreenService', {
      profile,
      deployment: 'codeDeploy',
      deploymentStrategy: 'canary',
      pathServices: { admin: { pathPatterns: ['/admin/*'], priority: 10 } },
      alarmEmail: 'alarms@example.com',
    });
  },
  'with linear steps, a domain, production and a connection': (app, profile) => {
    new BlueGreenServiceStack(app, 'BlueGreenService', {
      profile,
      ...DOMAIN,
      domainName: 'board.example.com',
      deploymentStrategy: 'linear',
      production: true,
      source: {
        connectionArn:
          'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/12345678-1234-1234-1234-123456789012',
        repository: 'example/notice-board',
      },
      testClientRanges: ['198.51.100.0/24'],
      tracing: true,
    });
  },
  'with servers': (app, profile) => {
    new BlueGreenServiceStack(app, 'BlueGreenService', { profile, servers: {} });
  },
  'with servers, a domain and production': (app, profile) => {
    new BlueGreenServiceStack(app, 'BlueGreenService', {
      profile,
      ...DOMAIN,
      domainName: 'board.example.com',
      servers: { deploymentConfig: 'HalfAtATime' },
      production: true,
    });
  },
  'on Fargate': (app, profile) => {
    new MicroservicesStack(app, 'Microservices', { profile, compute: 'fargate' });
  },
  'on a node group, with a domain and administrators': (app, profile) => {
    new MicroservicesStack(app, 'Microservices', {
      profile,
      ...DOMAIN,
      compute: 'nodeGroup',
      domainName: 'shop.example.com',
      mastersRoleArn: 'arn:aws:iam::123456789012:role/Administrator',
      publicAccessCidrs: ['198.51.100.0/24'],
      webApplicationFirewall: true,
      alarmEmail: 'alarms@example.com',
    });
  },
  'behind CloudFront': (app, profile) => {
    new CampaignSiteStack(app, 'CampaignSite', { profile, exposure: 'cloudFront', networkAcls: true });
  },
  'with a domain and a web ACL behind CloudFront': (app, profile) => {
    new CampaignSiteStack(app, 'CampaignSite', {
      profile,
      exposure: 'cloudFront',
      ...DOMAIN,
      domainName: 'campaign.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
      webAclId:
        'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/12345678-1234-1234-1234-123456789012',
    });
  },
  'with SSH, network ACLs and a standby': (app, profile) => {
    new CampaignSiteStack(app, 'CampaignSite', {
      profile,
      sshFrom: ['198.51.100.0/24'],
      networkAcls: true,
      multiAz: true,
      alarmEmail: 'alarms@example.com',
    });
  },
};

/** The catalogue in every environment, and the variants in both profiles. */
export const ESTATE: readonly Part[] = [
  ...CATALOGUE,
  ...Object.entries(VARIANTS).flatMap(([name, add]) =>
    Object.entries({ sandbox: SANDBOX, production: PRODUCTION }).map(([profileName, profile]) => ({
      name: `${profileName}, ${name}`,
      profile,
      addStacks: (app: App) => add(app, profile),
    })),
  ),
];
