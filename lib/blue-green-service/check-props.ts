import { Token } from 'aws-cdk-lib';
import { checkCertifiedName } from '../building-blocks/domain-name';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkClientRanges, checkNetworkRange } from '../building-blocks/ip-ranges';
import type { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import type { BlueGreenServiceProps } from './blue-green-service';
import { checkDeployment } from './check-deployment';
import { checkPathServices, checkService } from './check-service';

/** Adds to `problems` what a blue-green service can't honour in its props. */
export function checkProps(props: BlueGreenServiceProps, problems: Problems): void {
  checkDeployment(props, problems);
  checkService('', props, problems);
  checkPathServices(props.pathServices, problems);
  checkTestListener(props, problems);
  checkNetwork(props, problems);
  checkCertifiedName(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
}

function checkTestListener({ testClientRanges, testPort }: BlueGreenServiceProps, problems: Problems): void {
  checkWholeNumber('testPort', testPort, [1, 65_535], '', problems);
  if (testPort !== undefined && !Token.isUnresolved(testPort) && [80, 443].includes(testPort)) {
    problems.add(
      'testPort',
      testPort,
      "is a production listener's: users would reach a version that nobody has tried; give another one, like 8443.",
    );
  }
  if (testClientRanges && testClientRanges.length > 0) {
    checkClientRanges(testClientRanges, problems, 'testClientRanges');
  }
}

function checkNetwork(props: BlueGreenServiceProps, problems: Problems): void {
  const { loadBalancerSubnets, taskSubnets, vpc } = props;
  checkNetworkRange(props, problems);
  if (vpc) return;
  for (const [prop, subnets] of Object.entries({ loadBalancerSubnets, taskSubnets })) {
    if (subnets) problems.add(prop, Object.keys(subnets), 'are those of an existing network; give vpc too.');
  }
}
