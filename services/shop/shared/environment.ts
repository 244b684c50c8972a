/** What a value has to be, and how to say so. */
export interface Rule {
  readonly pattern: RegExp;
  readonly wanted: string;
  /** Keeps the value out of the log. */
  readonly secret?: boolean;
}

/** Reads one variable after the other; an empty one counts as none. */
export interface Read {
  text(name: string, rule: Rule, otherwise?: string): string;
  /** Decimal digits, between two bounds. */
  wholeNumber(name: string, bounds: { least: number; most: number }, otherwise?: number): number;
  /** The address of a service, without a path: http or https, no slash at the end. */
  url(name: string, otherwise?: string): string;
  /** Adds a problem that no rule finds. */
  complain(problem: string): void;
}

export const HOST: Rule = {
  pattern: /^[0-9A-Za-z.:-]{1,253}$/,
  wanted: 'an address to listen at, such as 0.0.0.0',
};
export const REGION: Rule = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  wanted: 'a region, such as ap-northeast-1',
};
export const VERSION: Rule = {
  pattern: /^[\w.+:-]{1,128}$/,
  wanted: 'a version of 1 to 128 letters, digits, . _ + : or -',
};
export const TABLE: Rule = {
  pattern: /^[\w.:/-]{1,1024}$/,
  wanted: 'the name or the ARN of a DynamoDB table',
};
export const QUEUE_URL: Rule = {
  pattern: /^https?:\/\/[\w.:-]+\/[\w./-]{1,200}$/,
  wanted: 'the URL of an SQS queue',
};
export const TOPIC_ARN: Rule = {
  pattern: /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]{1,256}$/,
  wanted: 'the ARN of an SNS topic',
};
export const KEY_ARN: Rule = {
  pattern: /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]{1,256}$/,
  wanted: 'the ARN of a KMS key',
};
export const SECRET_ID: Rule = {
  pattern: /^[\w/+=.@:-]{1,2048}$/,
  wanted: 'the name or the ARN of a secret in Secrets Manager',
};

const ADDRESS: Rule = {
  pattern: /^https?:\/\/([0-9A-Za-z.-]{1,253}|\[[0-9A-Fa-f:]+\])(:\d{1,5})?$/,
  wanted: 'an address such as http://product:8080',
};

/**
 * Reads the environment.
 *
 * @throws one line that names everything that is missing or wrong
 */
export function readEnvironment<S>(
  service: string,
  environment: NodeJS.ProcessEnv,
  read: (read: Read) => S,
): S {
  const problems: string[] = [];

  function text(name: string, { pattern, wanted, secret }: Rule, otherwise?: string): string {
    const value = environment[name] || otherwise;
    if (value === undefined) {
      problems.push(`${name} is missing; give ${wanted}`);
      return '';
    }
    if (!pattern.test(value)) {
      problems.push(
        secret ? `${name} is not ${wanted}` : `${name}=${JSON.stringify(value)} is not ${wanted}`,
      );
    }
    return value;
  }

  const settings = read({
    text,
    wholeNumber(name, { least, most }, otherwise) {
      const wanted = `a whole number, ${least} to ${most}`;
      const before = problems.length;
      const number = Number(text(name, { pattern: /^\d{1,9}$/, wanted }, otherwise?.toString()));
      if (problems.length === before && (number < least || number > most)) {
        problems.push(`${name}=${number} is not ${wanted}`);
      }
      return number;
    },
    url: (name, otherwise) => text(name, ADDRESS, otherwise),
    complain: (problem) => problems.push(problem),
  });
  if (problems.length > 0) throw new Error(`${service} can't start: ${problems.join('; ')}.`);
  return settings;
}
