import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** What a call needs of IAM. */
export interface Right {
  readonly actions: readonly string[];
  readonly resources: readonly string[];

  /**
   * Under which conditions it may be used.
   *
   * @default - none
   */
  readonly conditions?: Readonly<Record<string, unknown>>;

  /**
   * Why a resource has a wildcard.
   *
   * @default - none has one
   */
  readonly why?: string;
}

/** Some actions on some resources. */
export function allow(actions: string | readonly string[], ...resources: readonly string[]): Right {
  return { actions: typeof actions === 'string' ? [actions] : actions, resources };
}

/** Actions to which IAM lets nobody name a resource. */
export function allowUnnamed(...actions: readonly string[]): Right {
  return { actions, resources: ['*'] };
}

/** Gives the role of a workflow some rights, each once, and writes down why some have wildcards. */
export function grant(role: iam.Role, rights: readonly Right[]): void {
  const stack = Stack.of(role);
  const given = new Set<string>();
  const reasons = new Map([
    [
      '*',
      'Deliveries of logs, traces, and what only reads metrics or groups take no resource; a condition limits what does more.',
    ],
  ]);
  for (const { actions, conditions, resources, why } of rights) {
    const text = JSON.stringify(stack.resolve({ actions, conditions, resources }));
    if (given.has(text)) continue;
    given.add(text);
    role.addToPolicy(
      new iam.PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    );
    for (const resource of resources) {
      const flat = flatten(stack.resolve(resource));
      if (flat.includes('*') && why) reasons.set(flat, reasons.get(flat) ?? why);
    }
  }
  for (const [resource, reason] of reasons) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
      reason,
    });
  }
}

/** A resolved string as cdk-nag writes it in the ids of its findings. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (!Array.isArray(join)) return JSON.stringify(value);
  const [delimiter, parts] = join as [string, unknown[]];
  return parts.map(flatten).join(delimiter);
}
