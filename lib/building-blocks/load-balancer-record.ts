import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { NamedInZone } from './domain-name';

/** Adds the record that leads from a name to a load balancer, as a child `Record` of the scope, where there is a name. */
export function addLoadBalancerRecord(
  scope: Construct,
  { domainName, hostedZone }: NamedInZone,
  loadBalancer: elbv2.ILoadBalancerV2,
): void {
  if (!domainName || !hostedZone) return;
  new route53.ARecord(scope, 'Record', {
    zone: hostedZone,
    // The dot keeps the record's name as it is, also where the zone's name is a token.
    recordName: `${domainName}.`,
    target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
  });
}
