import type { CfnCondition } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** Properties of FailoverRecord. */
export interface FailoverRecordProps {
  readonly hostedZoneId: string;
  readonly domainName: string;

  /** Which of the two records it is. */
  readonly failover: 'PRIMARY' | 'SECONDARY';

  /** The load balancer that it leads to. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /**
   * A health check that must pass, too.
   *
   * @default - the load balancer's own health decides alone
   */
  readonly healthCheckId?: string;

  /**
   * When there is a record.
   *
   * @default - always
   */
  readonly condition?: CfnCondition;
}

/**
 * One of the two records of a name: Route 53 answers with the primary's as long as that is healthy, which takes its health
 * check and a healthy server.
 *
 * The standby's counts as healthy always. Otherwise, when both are not, Route 53 would answer with the primary's, and after
 * a failover that is a database which has missed everything since, and takes what is written to it:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 *
 * Its time to live is that of a load balancer's records, 60 seconds, which can't be chosen:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
 */
export class FailoverRecord extends Construct {
  constructor(scope: Construct, id: string, props: FailoverRecordProps) {
    super(scope, id);
    const { failover, loadBalancer } = props;
    const record = new route53.CfnRecordSet(this, 'Record', {
      hostedZoneId: props.hostedZoneId,
      name: `${props.domainName}.`,
      type: 'A',
      setIdentifier: failover.toLowerCase(),
      failover,
      healthCheckId: props.healthCheckId,
      aliasTarget: {
        dnsName: loadBalancer.loadBalancerDnsName,
        hostedZoneId: loadBalancer.loadBalancerCanonicalHostedZoneId,
        evaluateTargetHealth: failover === 'PRIMARY',
      },
    });
    record.cfnOptions.condition = props.condition;
  }
}
