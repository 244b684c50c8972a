import type { Sender } from '../shared/ask';
import { readVariable, requireVariable } from '../shared/environment';
import { SENDERS } from '../shared/senders';

/** A page that must be there before users see a release. */
export interface Check {
  /** It begins with a slash. */
  readonly path: string;

  /** What it must answer; a redirect is not followed. */
  readonly status: number;

  /**
   * What must be in its text.
   *
   * @default - anything
   */
  readonly contains?: string;
}

/** Where the test listener is, and what it must answer. */
export interface ListenerSettings {
  /** As AWS names its network interfaces: `app/name/id`. */
  readonly loadBalancer: string;

  readonly protocol: string;

  /** What speaks the protocol. */
  readonly send: Sender;

  readonly port: number;

  /** The domain name; empty where users know the load balancer by its own name. */
  readonly host: string;

  readonly checks: readonly Check[];

  /** The page that says which version answers; empty where no version is compared. */
  readonly versionPath: string;

  /** The repository whose images' tags are versions. */
  readonly repositoryUri: string;

  /** The container that is released. */
  readonly containerName: string;

  /** How long the checks are repeated until they pass. */
  readonly patienceSeconds: number;
}

/** Reads the settings from the environment. */
export function readListenerSettings(): ListenerSettings {
  const protocol = requireVariable('PROTOCOL');
  const send = SENDERS.get(protocol) ?? refuse('PROTOCOL', 'not http or https');
  return {
    loadBalancer: requireVariable('LOAD_BALANCER'),
    protocol,
    send,
    port: readNumber('TEST_PORT', 1, 65_535),
    // An address is on no certificate.
    host: protocol === 'https' ? requireVariable('HOST') : readVariable('HOST'),
    checks: readChecks(),
    versionPath: readPath('VERSION_PATH'),
    repositoryUri: requireVariable('REPOSITORY_URI'),
    containerName: requireVariable('CONTAINER_NAME'),
    patienceSeconds: readNumber('PATIENCE_SECONDS', 0, 900),
  };
}

function readNumber(name: string, least: number, most: number): number {
  const value = requireVariable(name);
  if (!/^\d{1,5}$/.test(value) || +value < least || +value > most) {
    refuse(name, `no whole number from ${least} to ${most}`);
  }
  return +value;
}

function readPath(name: string): string {
  const path = readVariable(name);
  if (path !== '' && !path.startsWith('/')) refuse(name, 'no path');
  return path;
}

function readChecks(): readonly Check[] {
  const checks = parse(requireVariable('CHECKS'));
  if (!Array.isArray(checks) || checks.length === 0 || !checks.every(isCheck)) {
    refuse('CHECKS', 'no list of checks, each with a path and a status');
  }
  return checks;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isCheck(value: unknown): value is Check {
  const { contains = '', path, status } = (value ?? {}) as Partial<Record<keyof Check, unknown>>;
  return (
    typeof path === 'string' &&
    path.startsWith('/') &&
    Number.isInteger(status) &&
    typeof contains === 'string'
  );
}

function refuse(name: string, what: string): never {
  throw new Error(`the environment variable ${name} is ${process.env[name]}, and ${what}`);
}
