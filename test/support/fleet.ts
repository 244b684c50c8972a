import { type Resource, resourcesOf, type StackTemplate, theOnly } from './apps';
import { subnetsOf } from './network';

/** A statement of a policy. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** What all servers of a template's fleet are made from. */
export function serverOf(template: StackTemplate): Record<string, unknown> {
  return theOnly(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData as Record<
    string,
    unknown
  >;
}

/** The fleet's group. */
export function groupOf(template: StackTemplate): Resource & { readonly id: string } {
  return theOnly(template, 'AWS::AutoScaling::AutoScalingGroup');
}

/** A value of a template as text, with `<id>` for what only CloudFormation knows. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name = '', given] = []] = Object.entries(value);
  if (name === 'Fn::Base64') return textOf(given);
  if (name === 'Fn::Sub') return String(given);
  if (name === 'Fn::Join') {
    const [separator, parts] = given as [string, unknown[]];
    return parts.map(textOf).join(separator);
  }
  return `<${[given].flat().join('.')}>`;
}

/** The script that the servers run at their first boot. */
export function firstBootOf(template: StackTemplate): string {
  return textOf(serverOf(template).UserData);
}

/** A file that a script writes. */
export function fileIn(script: string, path: string): string {
  const [, rest] = script.split(`cat > ${path} <<'END_OF_FILE'\n`);
  const [text] = (rest ?? '').split('\nEND_OF_FILE');
  if (!text) throw new Error(`the script writes no ${path}`);
  return text;
}

/** The attributes of a load balancer or a target group. */
export function attributesOf({ Properties }: Resource): Record<string, unknown> {
  const attributes = (Properties.LoadBalancerAttributes ?? Properties.TargetGroupAttributes) as {
    Key: string;
    Value: unknown;
  }[];
  return Object.fromEntries(attributes.map(({ Key, Value }) => [Key, Value]));
}

/** The logical id of the servers' role. */
export function serverRoleOf(template: StackTemplate): string {
  const [role] = theOnly(template, 'AWS::IAM::InstanceProfile').Properties.Roles as { Ref: string }[];
  return role?.Ref ?? '';
}

/** What policies of their own let a role do. */
export function statementsOf(template: StackTemplate, role: string): Statement[] {
  return Object.values(resourcesOf(template, 'AWS::IAM::Policy'))
    .filter(({ Properties }) => (Properties.Roles as { Ref?: string }[]).some(({ Ref }) => Ref === role))
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

/** What policies of their own let a role do, as pairs of actions and a resource; a partition that is known is none. */
export function permissionsOf(template: StackTemplate, role: string): [actions: string, resource: string][] {
  return statementsOf(template, role)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      // aws-cdk-lib merges statements with the same actions.
      [Resource]
        .flat()
        .map((each): [string, string] => [
          [Action].flat().join(' '),
          textOf(each).replace(/^arn:aws:/, 'arn:<AWS::Partition>:'),
        ]),
    );
}

/** The tier and zone of the subnets that a property names, like `Server 0`. */
export function tiersOf(template: StackTemplate, subnets: unknown): string[] {
  return (subnets as { Ref: string }[]).map(({ Ref }) => {
    const { tier, zone } = subnetsOf(template).find(({ id }) => id === Ref) ?? {};
    return `${tier} ${zone}`;
  });
}
