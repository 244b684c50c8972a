import { ListCertificatesCommand } from '@aws-sdk/client-acm';
import {
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListWebACLsCommand, type Scope } from '@aws-sdk/client-wafv2';
import type { Aws } from './aws';

type List = Promise<(string | undefined)[] | undefined>;

/** What balances, scales and protects servers in an account and region, by kind. */
export function balancingLists(aws: Aws): Record<string, List> {
  const { acm, autoScaling, elb } = aws;
  const balancers = elb
    .send(new DescribeLoadBalancersCommand({}))
    .then(({ LoadBalancers = [] }) => LoadBalancers.map(({ LoadBalancerArn }) => LoadBalancerArn));
  return {
    'load balancer': balancers,
    listener: balancers.then(async (arns) =>
      (await Promise.all(arns.map((arn) => listenersOf(aws, arn)))).flat(),
    ),
    'target group': elb
      .send(new DescribeTargetGroupsCommand({}))
      .then(({ TargetGroups }) => TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn)),
    'Auto Scaling group': autoScaling
      .send(new DescribeAutoScalingGroupsCommand({}))
      .then(({ AutoScalingGroups }) =>
        AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
      ),
    'scaling policy': autoScaling
      .send(new DescribePoliciesCommand({}))
      .then(({ ScalingPolicies }) => ScalingPolicies?.map(({ PolicyARN }) => PolicyARN)),
    'scheduled action': autoScaling
      .send(new DescribeScheduledActionsCommand({}))
      .then(({ ScheduledUpdateGroupActions }) =>
        ScheduledUpdateGroupActions?.map(({ ScheduledActionName }) => ScheduledActionName),
      ),
    certificate: acm
      .send(new ListCertificatesCommand({}))
      .then(({ CertificateSummaryList }) =>
        CertificateSummaryList?.map(({ CertificateArn }) => CertificateArn),
      ),
    'web ACL': webAcls(aws),
  };
}

async function listenersOf(
  { elb }: Aws,
  LoadBalancerArn: string | undefined,
): Promise<(string | undefined)[]> {
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Listeners.map(({ ListenerArn }) => ListenerArn);
}

/** In the form of CloudFormation's physical ids. Those of CloudFront are in us-east-1. */
async function webAcls({ waf }: Aws): Promise<string[]> {
  const isHome = (await waf.config.region()) === 'us-east-1';
  const scopes: Scope[] = isHome ? ['REGIONAL', 'CLOUDFRONT'] : ['REGIONAL'];
  const lists = scopes.map(async (scope) => {
    const { WebACLs = [] } = await waf.send(new ListWebACLsCommand({ Scope: scope }));
    return WebACLs.map(({ Name, Id }) => `${Name}|${Id}|${scope}`);
  });
  return (await Promise.all(lists)).flat();
}
