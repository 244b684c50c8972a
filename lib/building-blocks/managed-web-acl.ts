import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** Properties of ManagedWebAcl. */
export interface ManagedWebAclProps {
  /** What it protects: CloudFront (then its stack is in us-east-1), or a load balancer or REST API of the stack's region. */
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';

  /**
   * What is looked at before AWS's managed rules; priorities are given to them in this order.
   *
   * @default - nothing
   */
  readonly firstRules?: readonly Omit<wafv2.CfnWebACL.RuleProperty, 'priority'>[];
}

/**
 * AWS's own rules against what every site on the internet is tried with. Their capacity units (700, 200, 200 and 25) stay
 * under the 1500 that are in the price:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
const RULES = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
];

/** Sees the visitors' addresses at CloudFront only: behind it, all requests come from CloudFront. */
const RULES_ON_ADDRESSES = ['AWSManagedRulesAmazonIpReputationList'];

/** A web ACL of AWS's managed rules, which blocks what they find and counts the rest. */
export class ManagedWebAcl extends Construct {
  /** The web ACL. */
  readonly webAcl: wafv2.CfnWebACL;

  constructor(scope: Construct, id: string, props: ManagedWebAclProps) {
    super(scope, id);
    const names = props.scope === 'CLOUDFRONT' ? [...RULES_ON_ADDRESSES, ...RULES] : RULES;
    const rules = [...(props.firstRules ?? []), ...names.map(managedRule)];
    this.webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: props.scope,
      description: this.node.path,
      defaultAction: { allow: {} },
      visibilityConfig: visibility('All'),
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
    });
  }
}

function managedRule(name: string) {
  return {
    name,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
    visibilityConfig: visibility(name),
  };
}

/** Metrics and samples under a name. */
export function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
