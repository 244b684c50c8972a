import { Token } from 'aws-cdk-lib';
import { checkNameInZone } from '../building-blocks/domain-name';
import type { Problems } from '../building-blocks/problems';
import type { RecoveryOptions } from './recovery-options';

/** Adds to `problems` a zone, a name, certificates and a health check that do not fit together. */
export function checkDomain(props: RecoveryOptions, problems: Problems): void {
  const { certificateArns, clientRanges, domainName, healthCheck, hostedZone } = props;
  checkNameInZone(domainName, hostedZone?.zoneName, problems);
  if (!hostedZone && domainName !== undefined && !hasZone(domainName)) {
    problems.add(
      'domainName',
      domainName,
      "leaves no zone behind its first dot; give one like 'intranet.example.internal'.",
    );
  }
  if (!clientRanges && !hostedZone) {
    problems.add(
      'clientRanges',
      clientRanges,
      'leave the load balancers on the internet, where they need a public zone for a name and certificates; give hostedZone and domainName, or clientRanges.',
    );
  }
  if (healthCheck !== undefined && !['alarm', 'endpoint'].includes(healthCheck)) {
    problems.add('healthCheck', healthCheck, "is none; give 'alarm' or 'endpoint'.");
  }
  if (healthCheck === 'endpoint' && !hostedZone) {
    problems.add(
      'healthCheck',
      healthCheck,
      "asks from the internet, which a private zone's system does not answer; give 'alarm', or a public hostedZone.",
    );
  } else if (healthCheck === 'endpoint' && clientRanges) {
    problems.add(
      'healthCheck',
      healthCheck,
      "asks from the internet, which a load balancer with private addresses does not answer; give 'alarm', or leave out clientRanges.",
    );
  }
  for (const [side, region] of Object.entries({
    primary: props.primaryRegion,
    standby: props.standbyRegion,
  })) {
    const arn = certificateArns?.[side as keyof typeof certificateArns];
    if (arn === undefined || Token.isUnresolved(arn) || arn.split(':')[3] === region) continue;
    problems.add(
      `certificateArns.${side}`,
      arn,
      `is no ARN of ${region}, where its load balancer is; give one that is.`,
    );
  }
}

/** Whether a zone can be made of what is behind the first dot, for which the name must be known. */
function hasZone(domainName: string): boolean {
  return !Token.isUnresolved(domainName) && domainName.split('.').length >= 3;
}
