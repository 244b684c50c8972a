import { existsSync, statSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkNetworkRange } from '../building-blocks/ip-ranges';
import { checkLoadBalancer } from '../building-blocks/load-balancer-options';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import { checkOriginSecretGeneration } from '../building-blocks/origin-secrets';
import type { Problems } from '../building-blocks/problems';
import { checkServerFleet } from '../building-blocks/server-fleet-options';
import type { CorporateSiteProps } from './corporate-site';
import { checkDomain } from './domain-options';

/** Adds to `problems` what a corporate site can't honour in its props. */
export function checkProps(props: CorporateSiteProps, problems: Problems): void {
  checkNetworkRange(props, problems);
  checkDomain(props, problems);
  checkLoadBalancer(props, problems);
  checkServerFleet(props, problems);
  checkMySqlDatabase(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
  checkStaticContent(props, problems);
  const { exposure, originSecretGeneration, serverCount } = props;
  // What is counted here decides what is made: no token will do, and a token's number is far below zero.
  if (
    serverCount !== undefined &&
    !(Number.isInteger(serverCount) && serverCount >= 2 && serverCount <= 100)
  ) {
    problems.add('serverCount', serverCount, 'is no redundant number of servers; give 2 to 100, no token.');
  }
  checkOriginSecretGeneration(originSecretGeneration, problems);
  if (originSecretGeneration !== undefined && exposure === 'cloudFrontVpcOrigin') {
    problems.add(
      'originSecretGeneration',
      originSecretGeneration,
      'is of no use with a VPC origin, where no secret is needed; leave it out.',
    );
  }
}

function checkStaticContent({ staticContent, staticPaths }: CorporateSiteProps, problems: Problems): void {
  if (staticContent !== undefined && !(existsSync(staticContent) && statSync(staticContent).isDirectory())) {
    problems.add(
      'staticContent',
      staticContent,
      'is no folder; give the path of the one with the static files.',
    );
  }
  if (staticPaths === undefined) return;
  // 25 behaviors a distribution, and one is that of the servers:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
  if (staticPaths.length < 1 || staticPaths.length > 24) {
    problems.add('staticPaths', staticPaths.length, 'patterns are not possible; give 1 to 24.');
  }
  for (const path of staticPaths) {
    if (!Token.isUnresolved(path) && !/^\/[^/*?]+(\/|$|[^*?]*$)/.test(path)) {
      problems.add(
        'staticPaths',
        path,
        "would take pages from the servers; give a folder's pattern, like '/image/*'.",
      );
    }
  }
}
