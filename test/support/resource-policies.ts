import { textOf } from './fleet';

/** Who asks for what, where, and how, of a resource with a policy of its own. */
export interface PolicyRequest {
  /** A service like `s3.amazonaws.com`, or the ARN of a role. */
  readonly principal: string;
  readonly action: string;

  /** The resource as text. */
  readonly resource: string;

  /** What conditions look at, in their own words; keys are compared without regard to case. */
  readonly context: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

type Test = (given: string | undefined, wanted: string) => boolean;

/** Patterns with `*` and `?`, as IAM reads them. */
const matches = (given: string, pattern: string) => {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(given);
};

const OPERATORS: Record<string, Test> = {
  ArnLike: (given, wanted) => given !== undefined && matches(given, wanted),
  Bool: (given, wanted) => given === wanted,
  StringEquals: (given, wanted) => given === wanted,
  StringLike: (given, wanted) => given !== undefined && matches(given, wanted),
};

/**
 * Whether a resource's policy lets a request through by itself: a denial wins, and without a word nobody may
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 */
export function isAllowed(statements: readonly Statement[], request: PolicyRequest): boolean {
  const effects = statements.filter((each) => applies(each, request)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function applies({ Action, Condition, Principal, Resource }: Statement, request: PolicyRequest): boolean {
  const { action, context, principal, resource } = request;
  const principals = typeof Principal === 'string' ? [Principal] : Object.values(Principal ?? {}).flat();
  const isListed = (list: readonly unknown[], given: string) =>
    list.some((each) => matches(given, textOf(each)));
  return (
    isListed(principals, principal) &&
    isListed([Action].flat(), action) &&
    isListed([Resource].flat(), resource) &&
    Object.entries(Condition ?? {}).every(([operator, wishes]) => holds(operator, wishes as object, context))
  );
}

function holds(operator: string, wishes: object, context: Readonly<Record<string, string>>): boolean {
  const test = OPERATORS[operator];
  if (!test) throw new Error(`${operator} is no operator that this evaluation knows`);
  const given = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(wishes).every(([key, wanted]) => test(given.get(key.toLowerCase()), textOf(wanted)));
}
