import { queryOf, xml, xmlError } from './fake-operations';
import type { ServiceAnswer, ServiceRequest } from './local-service';

/** A target group of a rule, and its weight if it has one. */
export type FakeTarget = readonly [arn: string, weight?: number];

/** CloudFormation with one stack, and the rules of its load balancer. */
export class FakeStack {
  status = 'UPDATE_IN_PROGRESS';

  /** Physical names by logical ones; an empty one is not there yet. */
  readonly resources = new Map<string, { physical: string; status: string }>();

  /** The groups of the rules, by the rules' ARNs; a rule that is none answers with a page. */
  readonly rules = new Map<string, readonly FakeTarget[] | 'simple' | 'page'>();

  constructor(
    readonly id: string,
    /** The group of a rule that is 'simple'. */
    private readonly only: string,
  ) {}

  /** Answers what CloudFormation and Elastic Load Balancing are asked; undefined is for somebody else. */
  answer(request: ServiceRequest): ServiceAnswer | undefined {
    const { Action, ...input } = queryOf(request);
    if (Action === 'DescribeStackResource') return this.describeResource(input);
    if (Action === 'DescribeStacks') return this.describeStack(input.StackName);
    return Action === 'DescribeRules' ? this.describeRule(`${input['RuleArns.member.1']}`) : undefined;
  }

  private describeResource({ LogicalResourceId = '', StackName }: Record<string, string>): ServiceAnswer {
    if (StackName !== this.id) return xmlError('ValidationError', `Stack '${StackName}' does not exist`);
    const resource = this.resources.get(LogicalResourceId);
    if (!resource) {
      const message = `Resource ${LogicalResourceId} does not exist for stack ${StackName}`;
      return xmlError('ValidationError', message);
    }
    return xml(`<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail>
      <LogicalResourceId>${LogicalResourceId}</LogicalResourceId>
      <PhysicalResourceId>${resource.physical}</PhysicalResourceId>
      <ResourceStatus>${resource.status}</ResourceStatus>
      </StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>`);
  }

  private describeStack(name = ''): ServiceAnswer {
    if (name !== this.id) return xmlError('ValidationError', `Stack with id ${name} does not exist`);
    return xml(`<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
      <StackName>board</StackName><StackStatus>${this.status}</StackStatus>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);
  }

  private describeRule(arn: string): ServiceAnswer {
    const rule = this.rules.get(arn);
    if (!rule) return xmlError('RuleNotFound', `One or more rules not found: ${arn}`);
    return xml(`<DescribeRulesResponse><DescribeRulesResult><Rules><member><RuleArn>${arn}</RuleArn>
      <Actions>${this.actionsOf(rule)}</Actions></member></Rules></DescribeRulesResult></DescribeRulesResponse>`);
  }

  private actionsOf(rule: readonly FakeTarget[] | 'simple' | 'page'): string {
    const signIn = '<member><Type>authenticate-oidc</Type><Order>1</Order></member>';
    if (rule === 'page') return `${signIn}<member><Type>fixed-response</Type><Order>2</Order></member>`;
    if (rule === 'simple') {
      return `${signIn}<member><Type>forward</Type><TargetGroupArn>${this.only}</TargetGroupArn></member>`;
    }
    const groups = rule.map(
      ([arn, weight]) =>
        `<member><TargetGroupArn>${arn}</TargetGroupArn>${weight === undefined ? '' : `<Weight>${weight}</Weight>`}</member>`,
    );
    return `${signIn}<member><Type>forward</Type><ForwardConfig><TargetGroups>${groups.join('')}</TargetGroups></ForwardConfig></member>`;
  }
}
