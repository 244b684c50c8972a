/** The values of an expression's metrics in one period, by id; `undefined` is a missing datapoint. */
export type Values = Readonly<Record<string, number | undefined>>;

type Value = number | undefined;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([a-zA-Z]\w*)|(>=|<=|==|!=|[-+*/()<>,[\]]))/y;

const BINARY: readonly Record<string, (one: number, other: number) => number>[] = [
  {
    '>': (one, other) => Number(one > other),
    '>=': (one, other) => Number(one >= other),
    '<': (one, other) => Number(one < other),
    '<=': (one, other) => Number(one <= other),
    '==': (one, other) => Number(one === other),
    '!=': (one, other) => Number(one !== other),
  },
  { '+': (one, other) => one + other, '-': (one, other) => one - other },
  { '*': (one, other) => one * other, '/': (one, other) => one / other },
];

/** What a function makes of its arguments. IF() is missing where its condition is, FILL() replaces what is missing. */
const FUNCTIONS: Record<string, (...values: Value[]) => Value> = {
  FILL: (value, filling) => value ?? filling,
  IF: (condition, then, otherwise) => (condition === undefined ? undefined : condition ? then : otherwise),
};

/**
 * The value of a CloudWatch metric math expression in one period: numbers, ids, `+ - * /`, comparisons, FILL, IF and MAX of a list
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). As there, the result has no
 * datapoint where an operand has none, and where something is divided by zero.
 */
export function evaluateMetricMath(expression: string, values: Values): Value {
  const tokens = tokensOf(expression);
  const take = (expected?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`${expression}: ${token ?? 'its end'} stands where ${expected ?? 'a value'} should`);
    }
    return token;
  };
  const readLevel = (level: number): Value => {
    const operators = BINARY[level];
    if (!operators) return readOperand();
    let value = readLevel(level + 1);
    for (let operate = operators[tokens[0] ?? '']; operate; operate = operators[tokens[0] ?? '']) {
      take();
      const other = readLevel(level + 1);
      const result = value === undefined || other === undefined ? undefined : operate(value, other);
      value = Number.isFinite(result) ? result : undefined;
    }
    return value;
  };
  const readOperand = (): Value => {
    const token = take();
    if (token === '(') {
      const value = readLevel(0);
      take(')');
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (tokens[0] === '(') return readCall(token);
    if (!(token in values)) throw new Error(`${expression}: there is no metric ${token}`);
    return values[token];
  };
  const readList = (end: string): Value[] => {
    const given: Value[] = [];
    do given.push(readLevel(0));
    while (tokens[0] === ',' && take(','));
    take(end);
    return given;
  };
  const readCall = (name: string): Value => {
    if (name === 'MAX') return readGreatest();
    const call = FUNCTIONS[name];
    if (!call) throw new Error(`${expression}: ${name} is no function that this evaluation knows`);
    take('(');
    const given = readList(')');
    if (given.length !== call.length) throw new Error(`${expression}: ${name} takes ${call.length} values`);
    return call(...given);
  };
  const readGreatest = (): Value => {
    take('(');
    take('[');
    const given = readList(']').filter((value) => value !== undefined);
    take(')');
    return given.length > 0 ? Math.max(...given) : undefined;
  };
  const value = readLevel(0);
  if (tokens.length > 0) throw new Error(`${expression}: ${tokens[0]} is left over`);
  return value;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const match = TOKEN.exec(expression);
    if (!match) throw new Error(`${expression}: this evaluation does not know all of it`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
