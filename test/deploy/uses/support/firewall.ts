import assert from 'node:assert/strict';
import { GetWebACLCommand, GetWebACLForResourceCommand, type WebACL } from '@aws-sdk/client-wafv2';
import type { DeployedStack } from '../../support/stacks';

const RULES = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
];

/** The web ACL that sees the requests to a load balancer. */
async function webAclOf({ aws, idOf }: DeployedStack): Promise<WebACL | undefined> {
  const ResourceArn = await idOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const { WebACL } = await aws.waf.send(new GetWebACLForResourceCommand({ ResourceArn }));
  return WebACL;
}

/** Shows that a web ACL of the stack stands before the load balancer. */
export async function firewallAtLoadBalancer(stack: DeployedStack): Promise<void> {
  const acl = await webAclOf(stack);
  const [name, id] = (await stack.idOf('AWS::WAFv2::WebACL')).split('|');
  assert.deepEqual([acl?.Name, acl?.Id], [name, id]);
  assertManagedRules(acl);
}

/** Shows that a web ACL of us-east-1 stands before a distribution, and that none stands before the load balancer. */
export async function firewallAtCloudFront(stack: DeployedStack, arn: string | undefined): Promise<void> {
  assert.match(arn ?? '', /^arn:aws:wafv2:us-east-1:\d+:global\/webacl\//);
  const [, , Name, Id] = (arn ?? '').split('/');
  const { WebACL } = await stack.aws
    .inRegion('us-east-1')
    .waf.send(new GetWebACLCommand({ Name, Id, Scope: 'CLOUDFRONT' }));
  assertRules(WebACL, ['AWSManagedRulesAmazonIpReputationList', ...RULES]);
  assert.equal(await webAclOf(stack), undefined);
}

/** Shows that a web ACL has AWS's rules on requests, and no others. */
export function assertManagedRules(acl: Partial<WebACL> | undefined): void {
  assertRules(acl, RULES);
}

/** All of them are AWS's own, and block what they find. */
function assertRules(acl: Partial<WebACL> | undefined, names: readonly string[]): void {
  assert.deepEqual(acl?.DefaultAction, { Allow: {} });
  assert.deepEqual(
    acl?.Rules?.map(({ OverrideAction, Statement }) => {
      const { Name, VendorName } = Statement?.ManagedRuleGroupStatement ?? {};
      return [VendorName, Name, OverrideAction];
    }),
    names.map((name) => ['AWS', name, { None: {} }]),
  );
}
