import { checkCertifiedName } from '../building-blocks/domain-name';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkClientRanges, checkNetworkRange } from '../building-blocks/ip-ranges';
import { checkLoadBalancer } from '../building-blocks/load-balancer-options';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import type { Problems } from '../building-blocks/problems';
import { checkServerFleet } from '../building-blocks/server-fleet-options';
import { checkScaling } from './check-scaling';
import type { IntranetProps } from './intranet';

/** Adds to `problems` what an intranet can't honour in its props. */
export function checkProps(props: IntranetProps, problems: Problems): void {
  checkClientRanges(props.clientRanges, problems);
  checkNetwork(props, problems);
  checkCertifiedName(props, problems);
  checkScaling(props, problems);
  checkLoadBalancer(props, problems);
  checkServerFleet(props, problems);
  checkMySqlDatabase(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
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
