/** What the environment says, checked. */
export interface Configuration {
  /** The port of HTTP; 0 takes a free one. */
  readonly port: number;
  readonly siteTitle: string;

  /** Whether visitors may add news: on an intranet, not on a public site. */
  readonly allowPosts: boolean;

  /** Which server this is, where the machine says so. */
  readonly serverId?: string;
  readonly serverZone?: string;
  readonly region: string;
  readonly database: DatabaseConfiguration;
}

/** Where the database is and how many connections this server may have. */
export interface DatabaseConfiguration {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly secretArn: string;
  readonly connections: number;
}

const NAME_OF_HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const NAME_OF_SCHEMA = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const SECRET = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/;

/** @throws one line that names everything that is missing or wrong */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const problems: string[] = [];

  /** An empty variable is none: that is how a file of variables says that there is nothing to say. */
  function text(name: string, otherwise: string | undefined, pattern: RegExp, wanted: string): string {
    const value = environment[name] || otherwise;
    if (value === undefined) problems.push(`${name} is missing; give ${wanted}`);
    else if (!pattern.test(value)) problems.push(`${name}=${JSON.stringify(value)} is not ${wanted}`);
    return value ?? '';
  }

  function wholeNumber(name: string, otherwise: string | undefined, least: number, most: number): number {
    const number = Number(text(name, otherwise, /^\d{1,9}$/, `a whole number, ${least} to ${most}`));
    if (number < least || number > most) problems.push(`${name}=${number} is not within ${least} to ${most}`);
    return number;
  }

  const configuration: Configuration = {
    port: wholeNumber('PORT', '8080', 0, 65_535),
    siteTitle: text('SITE_TITLE', 'Company news', /^.{1,100}$/, 'a line of 1 to 100 characters'),
    allowPosts: text('ALLOW_POSTS', 'false', /^(true|false)$/, "'true' or 'false'") === 'true',
    serverId: environment.SERVER_ID || undefined,
    serverZone: environment.SERVER_ZONE || undefined,
    region: text('AWS_REGION', undefined, REGION, 'a region, such as ap-northeast-1'),
    database: {
      host: text('DATABASE_HOST', undefined, NAME_OF_HOST, "the name of the database's endpoint"),
      port: wholeNumber('DATABASE_PORT', undefined, 1, 65_535),
      name: text('DATABASE_NAME', undefined, NAME_OF_SCHEMA, 'the name of a schema'),
      secretArn: text('DATABASE_SECRET_ARN', undefined, SECRET, 'the ARN of a secret'),
      connections: wholeNumber('DATABASE_CONNECTIONS', '5', 1, 1_000),
    },
  };
  if (problems.length > 0) throw new Error(`company-news can't start: ${problems.join('; ')}.`);
  return configuration;
}
