import { checkDomainName, checkPublicZone } from '../building-blocks/domain-name';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkNetworkRange, officeRangeProblem } from '../building-blocks/ip-ranges';
import { checkLoadBalancer } from '../building-blocks/load-balancer-options';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import type { Problems } from '../building-blocks/problems';
import { checkServerFleet } from '../building-blocks/server-fleet-options';
import { checkScaling } from './check-scaling';
import type { IntranetProps } from './intranet';

/** A security group takes 60 rules (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html), two a range. */
const MAX_RANGES = 30;

/** Adds to `problems` what an intranet can't honour in its props. */
export function checkProps(props: IntranetProps, problems: Problems): void {
  checkClients(props, problems);
  checkNetwork(props, problems);
  checkDomain(props, problems);
  checkScaling(props, problems);
  checkLoadBalancer(props, problems);
  checkServerFleet(props, problems);
  checkMySqlDatabase(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
}

function checkClients({ clientRanges }: IntranetProps, problems: Problems): void {
  if (clientRanges.length === 0) {
    problems.add(
      'clientRanges',
      clientRanges,
      "lets nobody in; name your company's ranges, like '10.0.0.0/8'.",
    );
  }
  if (clientRanges.length > MAX_RANGES) {
    problems.add(
      'clientRanges',
      clientRanges.length,
      `ranges do not fit into a security group; give at most ${MAX_RANGES}.`,
    );
  }
  for (const range of clientRanges) {
    const problem = officeRangeProblem(range);
    if (problem) problems.add('clientRanges', range, problem);
  }
}

function checkNetwork(props: IntranetProps, problems: Problems): void {
  const { databaseSubnets, egress, loadBalancerSubnets, serverSubnets, vpc } = props;
  checkNetworkRange(props, problems);
  if (vpc && egress !== undefined) {
    problems.add('egress', egress, 'belongs to a new network; leave out egress or vpc.');
  }
  if (vpc) return;
  for (const [prop, subnets] of Object.entries({ databaseSubnets, loadBalancerSubnets, serverSubnets })) {
    if (subnets) problems.add(prop, Object.keys(subnets), 'are those of an existing network; give vpc too.');
  }
}

function checkDomain(props: IntranetProps, problems: Problems): void {
  const { certificate, domainName, hostedZone } = props;
  checkDomainName(props, problems);
  if (!certificate) checkPublicZone(hostedZone, problems);
  if (certificate && domainName === undefined) {
    problems.add(
      'certificate',
      certificate.certificateArn,
      'is of no use without a name; give domainName too.',
    );
  }
}
