import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkDomainName, checkUsEast1, checkWebAclForCloudFront } from '../building-blocks/domain-name';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkNetworkRange, officeRangeProblem } from '../building-blocks/ip-ranges';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import type { Problems } from '../building-blocks/problems';
import type { CampaignSiteProps } from './campaign-site';

/** Adds to `problems` what a campaign site can't honour in its props. */
export function checkProps(props: CampaignSiteProps, problems: Problems): void {
  checkNetwork(props, problems);
  checkDomain(props, problems);
  checkContent(props, problems);
  checkMySqlDatabase(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
}

function checkNetwork(props: CampaignSiteProps, problems: Problems): void {
  const { exposure, networkAcls, sshFrom = [], vpc } = props;
  checkNetworkRange(props, problems);
  if (vpc && networkAcls) {
    problems.add(
      'networkAcls',
      true,
      'would change subnets that others may use; leave out networkAcls or vpc.',
    );
  }
  // A network ACL takes 20 rules a direction, and three are the site's own:
  // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  if (networkAcls && sshFrom.length > 17) {
    problems.add(
      'sshFrom',
      sshFrom.length,
      'ranges do not fit into a network ACL; give at most 17, or leave out networkAcls.',
    );
  }
  for (const range of sshFrom) {
    const problem = officeRangeProblem(range);
    if (problem) problems.add('sshFrom', range, problem);
  }
  if (exposure === 'cloudFront' && sshFrom.length > 0) {
    problems.add('sshFrom', sshFrom, 'can reach no server without a public address; use Session Manager.');
  }
}

function checkDomain(props: CampaignSiteProps, problems: Problems): void {
  const { certificate, domainName, exposure, webAclId } = props;
  checkDomainName(props, problems);
  if (exposure === 'cloudFront') {
    if (domainName !== undefined && !certificate) {
      problems.add(
        'domainName',
        domainName,
        'needs a certificate of us-east-1 for CloudFront; give certificate.',
      );
    }
    checkUsEast1('certificate', certificate?.certificateArn, problems);
    checkWebAclForCloudFront(webAclId, problems);
    return;
  }
  if (certificate) {
    problems.add(
      'certificate',
      certificate.certificateArn,
      "can't be installed on a server; choose exposure 'cloudFront'.",
    );
  }
  if (webAclId) problems.add('webAclId', webAclId, "needs CloudFront; choose exposure 'cloudFront'.");
}

function checkContent({ content }: CampaignSiteProps, problems: Problems): void {
  if (content === undefined) return;
  if (!existsSync(content) || !statSync(content).isDirectory()) {
    problems.add('content', content, 'is no folder; give the path of the folder that holds index.html.');
  } else if (!existsSync(join(content, 'index.html'))) {
    problems.add('content', content, 'has no index.html; add one, as nginx shows it at /.');
  }
}
