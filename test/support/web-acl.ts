import { type StackTemplate, theOnly } from './apps';
import { textOf } from './fleet';

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: Readonly<Record<string, unknown>>;
  readonly OverrideAction?: Readonly<Record<string, unknown>>;
  readonly Statement: Readonly<Record<string, unknown>>;
}

/** The rules of the only web ACL in the order in which AWS WAF looks at them. */
export function rulesOf(template: StackTemplate): Rule[] {
  const rules = theOnly(template, 'AWS::WAFv2::WebACL').Properties.Rules as Rule[];
  return [...rules].sort((one, other) => one.Priority - other.Priority);
}

/**
 * Which rule blocks a request, or undefined where none does. Of AWS's managed groups nothing is known but that they look at
 * what comes so far.
 *
 * @param headers names in lower case
 */
export function blockedBy(
  template: StackTemplate,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  const rule = rulesOf(template).find(
    ({ Action, Statement }) => Action !== undefined && 'Block' in Action && holds(Statement, headers),
  );
  return rule?.Name;
}

function holds(statement: Rule['Statement'], headers: Readonly<Record<string, string>>): boolean {
  const [[kind = '', content] = [], ...others] = Object.entries(statement);
  if (others.length > 0) throw new Error('a statement has one kind');
  if (kind === 'NotStatement') {
    return !holds((content as { Statement: Rule['Statement'] }).Statement, headers);
  }
  if (kind === 'OrStatement') {
    const { Statements } = content as { Statements: Rule['Statement'][] };
    if (Statements.length < 2) throw new Error('AWS WAF refuses an OR of a single statement');
    return Statements.some((each) => holds(each, headers));
  }
  if (kind === 'ByteMatchStatement') return matchesHeader(content as ByteMatch, headers);
  throw new Error(`${kind} is no statement that this evaluation knows`);
}

interface ByteMatch {
  readonly FieldToMatch: { readonly SingleHeader: { readonly Name: string } };
  readonly PositionalConstraint: string;
  readonly SearchString: unknown;
  readonly TextTransformations: readonly { readonly Type: string }[];
}

function matchesHeader(match: ByteMatch, headers: Readonly<Record<string, string>>): boolean {
  const { FieldToMatch, PositionalConstraint, SearchString, TextTransformations } = match;
  if (TextTransformations.some(({ Type }) => Type !== 'NONE')) throw new Error('there is a transformation');
  const given = headers[FieldToMatch.SingleHeader.Name];
  if (given === undefined) return false;
  const wanted = textOf(SearchString);
  if (PositionalConstraint === 'EXACTLY') return given === wanted;
  if (PositionalConstraint === 'CONTAINS') return given.includes(wanted);
  if (PositionalConstraint === 'STARTS_WITH') return given.startsWith(wanted);
  throw new Error(`${PositionalConstraint} is no constraint that this evaluation knows`);
}
