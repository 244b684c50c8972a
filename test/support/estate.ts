import type { App } from 'aws-cdk-lib';
import { addCatalogue } from '../../bin/catalogue';
import { ENVIRONMENT_NAMES, settingsFor } from '../../bin/settings';
import { CampaignSiteStack } from '../../lib/campaign-site/campaign-site-stack';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';

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

/** What props make of a pattern and the catalogue's own settings do not show. Stacks bear the catalogue's ids. */
const VARIANTS: Record<string, (app: App, profile: Profile) => void> = {
  'behind CloudFront': (app, profile) => {
    new CampaignSiteStack(app, 'CampaignSite', { profile, exposure: 'cloudFront', networkAcls: true });
  },
  'with a domain and a web ACL behind CloudFront': (app, profile) => {
    new CampaignSiteStack(app, 'CampaignSite', {
      profile,
      exposure: 'cloudFront',
      hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
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
