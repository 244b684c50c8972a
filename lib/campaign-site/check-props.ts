import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Token } from 'aws-cdk-lib';
import { isEmailAddress } from '../building-blocks/email-address';
import { officeRangeProblem, vpcRangeProblem } from '../building-blocks/ip-ranges';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import type { Problems } from '../building-blocks/problems';
import type { CampaignSiteProps } from './campaign-site';

/** Adds to `problems` what a campaign site can't honour in its props. */
export function checkProps(props: CampaignSiteProps, problems: Problems): void {
  checkNetwork(props, problems);
  checkDomain(props, problems);
  checkContent(props, problems);
  checkMySqlDatabase(props, problems);
  const { alarmEmail } = props;
  if (alarmEmail !== undefined && !Token.isUnresolved(alarmEmail) && !isEmailAddress(alarmEmail)) {
    problems.add('alarmEmail', alarmEmail, 'is no e-mail address.');
  }
}

function checkNetwork(props: CampaignSiteProps, problems: Problems): void {
  const { cidr, exposure, networkAcls, sshFrom = [], vpc } = props;
  const rangeProblem = cidr === undefined ? undefined : vpcRangeProblem(cidr);
  if (rangeProblem) problems.add('cidr', cidr, rangeProblem);
  if (vpc && cidr !== undefined)
    problems.add('cidr', cidr, 'belongs to a new network; leave out cidr or vpc.');
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
  const { certificate, domainName, exposure, hostedZone, webAclId } = props;
  if (domainName !== undefined && !hostedZone) {
    problems.add('domainName', domainName, 'needs the zone that holds its record; give hostedZone too.');
  }
  if (hostedZone && domainName === undefined) {
    problems.add(
      'hostedZone',
      hostedZone.zoneName,
      'is of no use without a name in it; give domainName too.',
    );
  }
  if (
    hostedZone &&
    domainName !== undefined &&
    !Token.isUnresolved(domainName) &&
    !Token.isUnresolved(hostedZone.zoneName) &&
    !`.${domainName}`.endsWith(`.${hostedZone.zoneName}`)
  ) {
    problems.add('domainName', domainName, `is not in the zone ${hostedZone.zoneName}; give a name that is.`);
  }
  if (exposure === 'cloudFront') {
    if (domainName !== undefined && !certificate) {
      problems.add(
        'domainName',
        domainName,
        'needs a certificate of us-east-1 for CloudFront; give certificate.',
      );
    }
    checkUsEast1('certificate', certificate?.certificateArn, problems);
    checkUsEast1('webAclId', webAclId, problems);
    if (webAclId && !Token.isUnresolved(webAclId) && !webAclId.includes(':global/webacl/')) {
      problems.add(
        'webAclId',
        webAclId,
        'is no ARN of a web ACL with the scope CLOUDFRONT; give one that is.',
      );
    }
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

function checkUsEast1(prop: string, arn: string | undefined, problems: Problems): void {
  if (arn === undefined || Token.isUnresolved(arn) || arn.split(':')[3] === 'us-east-1') return;
  problems.add(prop, arn, 'is no ARN of us-east-1, where CloudFront looks for it; give one that is.');
}

function checkContent({ content }: CampaignSiteProps, problems: Problems): void {
  if (content === undefined) return;
  if (!existsSync(content) || !statSync(content).isDirectory()) {
    problems.add('content', content, 'is no folder; give the path of the folder that holds index.html.');
  } else if (!existsSync(join(content, 'index.html'))) {
    problems.add('content', content, 'has no index.html; add one, as nginx shows it at /.');
  }
}
