import type { App } from 'aws-cdk-lib';
import { BlueGreenServiceStack } from '../lib/blue-green-service/blue-green-service-stack';
import { CampaignSiteStack } from '../lib/campaign-site/campaign-site-stack';
import { CorporateSiteStack } from '../lib/corporate-site/corporate-site-stack';
import { DisasterRecovery } from '../lib/disaster-recovery/disaster-recovery';
import { IntranetStack } from '../lib/intranet/intranet-stack';
import { MicroservicesStack } from '../lib/microservices/microservices-stack';
import { ServerlessApiStack } from '../lib/serverless-api/serverless-api-stack';
import type { Settings } from './settings';

/** Adds every pattern's stack to an app. The app and all gates use it: what is added here is held to all of them. */
export function addCatalogue(app: App, settings: Settings): void {
  const { alarmEmail, domain, officeRanges, profile, region, stackNameSuffix } = settings;
  const common = { profile, alarmEmail, ...(region ? { env: { region } } : {}) };

  new CampaignSiteStack(app, 'CampaignSite', {
    ...common,
    ...settings.campaignSite,
    stackName: `CampaignSite${stackNameSuffix}`,
    description: 'A campaign site: one web server, one database (AWS Standard Patterns)',
    ...(settings.campaignSite.exposure === 'cloudFront'
      ? { certificateArn: domain?.certificateArn }
      : { sshFrom: officeRanges }),
    ...(domain ? { hostedZone: domain, domainName: `campaign.${domain.zoneName}` } : {}),
  });

  new CorporateSiteStack(app, 'CorporateSite', {
    ...common,
    ...settings.corporateSite,
    stackName: `CorporateSite${stackNameSuffix}`,
    description: 'A corporate site: redundant servers and database (AWS Standard Patterns)',
    ...(domain
      ? {
          hostedZone: domain,
          domainName: `www.${domain.zoneName}`,
          certificateArn: domain.certificateArn,
        }
      : {}),
  });

  new IntranetStack(app, 'Intranet', {
    ...common,
    ...settings.intranet,
    stackName: `Intranet${stackNameSuffix}`,
    description: 'An intranet: servers that come and go with the load (AWS Standard Patterns)',
    ...(domain ? { hostedZone: domain, domainName: `intranet.${domain.zoneName}` } : {}),
  });

  new ServerlessApiStack(app, 'ServerlessApi', {
    ...common,
    ...settings.serverlessApi,
    stackName: `ServerlessApi${stackNameSuffix}`,
    description: 'A serverless API and its site (AWS Standard Patterns)',
    ...(domain
      ? {
          hostedZone: domain,
          domainName: `documents.${domain.zoneName}`,
          certificateArn: domain.certificateArn,
        }
      : {}),
  });

  new DisasterRecovery(app, 'DisasterRecovery', {
    profile,
    alarmEmail,
    ...settings.disasterRecovery,
    stageName: `DisasterRecovery${stackNameSuffix}`,
    ...(domain ? { hostedZone: domain, domainName: `recovery.${domain.zoneName}` } : {}),
  });

  new BlueGreenServiceStack(app, 'BlueGreenService', {
    ...common,
    ...settings.blueGreenService,
    stackName: `BlueGreenService${stackNameSuffix}`,
    description: 'A service in containers and its delivery pipeline (AWS Standard Patterns)',
    ...(domain ? { hostedZone: domain, domainName: `board.${domain.zoneName}` } : {}),
  });

  new MicroservicesStack(app, 'Microservices', {
    ...common,
    ...settings.microservices,
    stackName: `Microservices${stackNameSuffix}`,
    description: 'A shop of six services on Kubernetes (AWS Standard Patterns)',
    ...(domain ? { hostedZone: domain, domainName: `shop.${domain.zoneName}` } : {}),
  });
}
