import { checkCertifiedName } from '../building-blocks/domain-name';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkNetworkRange } from '../building-blocks/ip-ranges';
import { checkLoadBalancer } from '../building-blocks/load-balancer-options';
import type { Problems } from '../building-blocks/problems';
import { checkServerFleet } from '../building-blocks/server-fleet-options';
import { checkWholeNumber } from '../building-blocks/whole-number';
import {
  DEFAULT_MAX_CAPACITY,
  DEFAULT_MIN_CAPACITY,
  OWN_NAMES,
  type ReleasedServersProps,
} from './released-servers-options';
import { DEPLOYMENT_CONFIGS } from './server-deployment';

/** Adds to `problems` what released servers can't honour in their props. */
export function checkServers(props: ReleasedServersProps, problems: Problems): void {
  checkNetworkRange(props, problems);
  checkCapacity(props, problems);
  checkWholeNumber('targetCpu', props.targetCpu, [1, 100], 'percent', problems);
  checkDeploymentConfig(props, problems);
  checkCertifiedName(props, problems);
  checkEnvironment(props, problems);
  checkLoadBalancer(props, problems);
  checkServerFleet(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
}

/** What is counted here decides what is made: no token will do, and a token's number is far below zero. */
function checkCapacity(props: ReleasedServersProps, problems: Problems): void {
  const { minCapacity = DEFAULT_MIN_CAPACITY, maxCapacity = DEFAULT_MAX_CAPACITY } = props;
  const isCount = (value: number) => Number.isInteger(value) && value >= 2 && value <= MOST_SERVERS;
  if (!isCount(minCapacity)) {
    problems.add(
      'minCapacity',
      minCapacity,
      `is no number of servers of which one can be released to while others serve; give 2 to ${MOST_SERVERS}, no token.`,
    );
  } else if (!isCount(maxCapacity) || maxCapacity <= minCapacity) {
    problems.add(
      'maxCapacity',
      maxCapacity,
      `leaves no room for new servers beside the old ones; give more than minCapacity (${minCapacity}), at most ${MOST_SERVERS}, no token.`,
    );
  }
}

/** CodeDeploy's own limit is far above; a fleet of this size is no sample any more. */
const MOST_SERVERS = 100;

function checkDeploymentConfig({ deploymentConfig }: ReleasedServersProps, problems: Problems): void {
  const names = Object.keys(DEPLOYMENT_CONFIGS);
  if (deploymentConfig === undefined || names.includes(deploymentConfig)) return;
  problems.add('deploymentConfig', deploymentConfig, `is not known; give one of ${names.join(', ')}.`);
}

/** The file is one of systemd: a line is a variable. */
function checkEnvironment({ environment = {} }: ReleasedServersProps, problems: Problems): void {
  for (const [name, value] of Object.entries(environment)) {
    const prop = `environment.${name}`;
    if (OWN_NAMES.includes(name)) {
      problems.add(prop, value, 'would replace what the pattern itself sets; leave it out.');
    } else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.add(prop, value, 'has no name of a variable; give letters, digits and _, no digit first.');
    } else if (/[\r\n]/.test(value)) {
      problems.add(prop, value, 'has more than one line; give one.');
    }
  }
}
