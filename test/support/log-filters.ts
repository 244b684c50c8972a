/** An event of a log group, as JSON. */
export type LogEvent = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(\$[\w.]+)|(-?\d+(?:\.\d+)?)|(&&|\|\||!=|>=|<=|=|>|<|[(){}]))/y;

const COMPARE: Record<string, (one: number, other: number) => boolean> = {
  '=': (one, other) => one === other,
  '!=': (one, other) => one !== other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
};

/**
 * Whether an event matches a filter pattern for JSON of CloudWatch Logs: comparisons of fields with texts, in which `*` stands
 * for anything, or with numbers; `&&`, `||` and parentheses
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
 */
export function matchesFilter(pattern: string, event: LogEvent): boolean {
  const tokens = tokensOf(pattern);
  const take = (expected?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(
        `${pattern}: ${token ?? 'its end'} stands where ${expected ?? 'something else'} should`,
      );
    }
    return token;
  };
  const alternatives = (): boolean => {
    let matches = conditions();
    while (tokens[0] === '||') {
      take();
      matches = conditions() || matches;
    }
    return matches;
  };
  const conditions = (): boolean => {
    let matches = condition();
    while (tokens[0] === '&&') {
      take();
      matches = condition() && matches;
    }
    return matches;
  };
  const condition = (): boolean => {
    if (tokens[0] === '(') {
      take();
      const matches = alternatives();
      take(')');
      return matches;
    }
    return isTrue(fieldOf(event, take()), take(), take());
  };
  take('{');
  const matches = alternatives();
  take('}');
  if (tokens.length > 0) throw new Error(`${pattern} goes on after its end`);
  return matches;
}

/** The value of a field like `$.kubernetes.namespace_name`; `undefined` where there is none. */
export function fieldOf(event: LogEvent, selector: string): unknown {
  return selector
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      event,
    );
}

function isTrue(value: unknown, operator: string, wanted: string): boolean {
  if (!wanted.startsWith('"')) {
    return typeof value === 'number' && COMPARE[operator]?.(value, Number(wanted)) === true;
  }
  if (value === undefined) return false;
  const text = (JSON.parse(wanted) as string).replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${text}$`).test(String(value)) === (operator === '=');
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(pattern)
      ?.slice(1)
      .find((each) => each !== undefined);
    if (token === undefined) throw new Error(`${pattern}: nobody knows ${pattern.slice(start)}`);
    tokens.push(token);
  }
  return tokens;
}
