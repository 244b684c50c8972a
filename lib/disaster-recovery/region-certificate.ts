import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { requestCertificate } from '../building-blocks/domain-name';
import type { PerRegion, RecoverySettings } from './recovery-settings';

/** The certificate of a region's load balancer: a given one, one that the public zone proves, or none. */
export function certificateOf(
  scope: Construct,
  { certificateArns, domainName, hostedZone }: RecoverySettings,
  side: keyof PerRegion<unknown>,
): acm.ICertificate | undefined {
  if (certificateArns) return acm.Certificate.fromCertificateArn(scope, 'Certificate', certificateArns[side]);
  if (!hostedZone) return undefined;
  return requestCertificate(scope, 'Certificate', {
    domainName,
    hostedZone: route53.HostedZone.fromHostedZoneAttributes(scope, 'CertificateZone', hostedZone),
  });
}
