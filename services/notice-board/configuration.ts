/** What the environment says, checked. */
export interface Configuration {
  readonly host: string;
  /** The port of HTTP; 0 takes a free one. */
  readonly port: number;
  readonly region: string;
  readonly tableName: string;
  /** Who sends it may write; without it nobody may. */
  readonly postToken?: string;
  /** Which release this is. */
  readonly version: string;
  /** Whether somebody collects traces. */
  readonly tracing: boolean;
  /** How long a stop goes on serving new connections, in milliseconds. */
  readonly drain: number;
  /** When a stop is over at the latest, in milliseconds. */
  readonly stopTimeout: number;
}

/** What a problem has to be, and how to say so. */
interface Rule {
  readonly pattern: RegExp;
  readonly wanted: string;
  /** Keeps the value out of the log. */
  readonly secret?: boolean;
}

const HOST = { pattern: /^[0-9A-Za-z.:-]{1,253}$/, wanted: 'an address to listen at, such as 0.0.0.0' };
const REGION = { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, wanted: 'a region, such as ap-northeast-1' };
const TABLE = {
  pattern: /^[\w.:/-]{1,1024}$/,
  wanted: 'the name or the ARN of a DynamoDB table',
};
const TOKEN = {
  pattern: /^[\x21-\x7e]{16,1024}$/,
  wanted: '16 to 1024 visible ASCII characters',
  secret: true,
};
const VERSION = {
  pattern: /^[\w.+:-]{1,128}$/,
  wanted: 'a version of 1 to 128 letters, digits, . _ + : or -',
};

/**
 * Reads the environment; an empty variable counts as none.
 *
 * @throws one line that names everything that is missing or wrong
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const problems: string[] = [];

  function check(name: string, value: string, { pattern, wanted, secret }: Rule): string {
    if (!pattern.test(value)) {
      problems.push(
        secret ? `${name} is not ${wanted}` : `${name}=${JSON.stringify(value)} is not ${wanted}`,
      );
    }
    return value;
  }

  function text(name: string, rule: Rule, otherwise?: string): string {
    const value = environment[name] || otherwise;
    if (value !== undefined) return check(name, value, rule);
    problems.push(`${name} is missing; give ${rule.wanted}`);
    return '';
  }

  function wholeNumber(name: string, otherwise: number, least: number, most: number): number {
    const wanted = `a whole number, ${least} to ${most}`;
    const number = Number(text(name, { pattern: /^\d{1,5}$/, wanted }, String(otherwise)));
    if (number < least || number > most) problems.push(`${name}=${number} is not ${wanted}`);
    return number;
  }

  const token = environment.POST_TOKEN;
  const drain = wholeNumber('DRAIN_SECONDS', 0, 0, 60) * 1_000;
  const stopTimeout = wholeNumber('STOP_TIMEOUT_SECONDS', 25, 1, 115) * 1_000;
  if (drain > 0 && drain >= stopTimeout) {
    problems.push('DRAIN_SECONDS has to be less than STOP_TIMEOUT_SECONDS');
  }
  const configuration: Configuration = {
    host: text('HOST', HOST, '0.0.0.0'),
    port: wholeNumber('PORT', 8_080, 0, 65_535),
    region: text('AWS_REGION', REGION),
    tableName: text('TABLE_NAME', TABLE),
    postToken: token ? check('POST_TOKEN', token, TOKEN) : undefined,
    version: text('VERSION', VERSION, 'development'),
    tracing: Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT),
    drain,
    stopTimeout,
  };
  if (problems.length > 0) throw new Error(`notice-board can't start: ${problems.join('; ')}.`);
  return configuration;
}
