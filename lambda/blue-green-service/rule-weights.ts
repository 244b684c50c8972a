import {
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** How a rule of a listener divides requests between two groups of targets. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
}

/** The ARNs of two groups of targets, each with those that it had before. */
export interface TargetGroups {
  readonly blue: readonly (string | undefined)[];
  readonly green: readonly (string | undefined)[];
}

/** How a rule begins, before anything was released. */
const FIRST_WEIGHTS: Weights = { blue: 100, green: 0 };

/**
 * Reads how a rule divides requests now; a rule that does not exist yet is as it begins.
 *
 * @throws Error where it leads to neither of the groups
 */
export async function weightsOf(
  client: ElasticLoadBalancingV2Client,
  rule: string | undefined,
  groups: TargetGroups,
): Promise<Weights> {
  const targets = rule === undefined ? undefined : await targetsOf(client, rule);
  if (!targets) return FIRST_WEIGHTS;
  const weigh = (arns: TargetGroups['blue']) =>
    targets.filter(({ arn }) => arns.includes(arn)).reduce((sum, { weight }) => sum + weight, 0);
  const weights = { blue: weigh(groups.blue), green: weigh(groups.green) };
  if (weights.blue + weights.green > 0) return weights;
  const leadsTo = targets.map(({ arn, weight }) => `${arn} (${weight})`).join(', ') || 'no group';
  throw new Error(
    `The rule ${rule} leads to ${leadsTo}, and to none of this service's groups. Lead it to the group whose tasks serve the users, with "aws elbv2 modify-rule", then deploy again.`,
  );
}

interface Target {
  readonly arn: string;
  readonly weight: number;
}

/** The groups to which a rule forwards; undefined where it does not exist. */
async function targetsOf(client: ElasticLoadBalancingV2Client, rule: string): Promise<Target[] | undefined> {
  const actions = await actionsOf(client, rule);
  const forward = actions?.find(({ Type }) => Type === 'forward');
  if (!actions || !forward) return actions && [];
  const groups = forward.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: forward.TargetGroupArn }];
  const [only, ...others] = groups;
  // Of a single group the weight says nothing.
  if (only && others.length === 0) return [{ arn: `${only.TargetGroupArn}`, weight: 100 }];
  return groups.map(({ TargetGroupArn, Weight = 0 }) => ({ arn: `${TargetGroupArn}`, weight: Weight }));
}

async function actionsOf(client: ElasticLoadBalancingV2Client, rule: string) {
  try {
    const { Rules = [] } = await client.send(new DescribeRulesCommand({ RuleArns: [rule] }));
    return Rules[0]?.Actions;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('RuleNotFound')) return undefined;
    throw error;
  }
}
