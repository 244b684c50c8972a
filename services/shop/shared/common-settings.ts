import { HOST, REGION, type Read, VERSION } from './environment';

/** What the environment says to all services. */
export interface CommonSettings {
  /** The service's name in logs, traces and answers. */
  readonly service: string;
  readonly host: string;
  /** The port of the public API; 0 takes a free one. */
  readonly port: number;
  /** The port of the internal API, for services that have one; 0 takes a free one. */
  readonly internalPort: number;
  readonly region: string;
  /** Which release this is. */
  readonly version: string;
  /** Whether somebody collects traces. */
  readonly tracing: boolean;
  /** How long a stop goes on serving new connections, in milliseconds. */
  readonly drain: number;
  /** When a stop is over at the latest, in milliseconds. */
  readonly stopTimeout: number;
}

const PORTS = { least: 0, most: 65_535 };

/** Reads what is common to all services. */
export function readCommonSettings(
  service: string,
  environment: NodeJS.ProcessEnv,
  read: Read,
): CommonSettings {
  const drain = read.wholeNumber('DRAIN_SECONDS', { least: 0, most: 60 }, 0) * 1_000;
  const stopTimeout = read.wholeNumber('STOP_TIMEOUT_SECONDS', { least: 1, most: 115 }, 25) * 1_000;
  if (drain > 0 && drain >= stopTimeout) {
    read.complain('DRAIN_SECONDS has to be less than STOP_TIMEOUT_SECONDS');
  }
  const port = read.wholeNumber('PORT', PORTS, 8_080);
  const internalPort = read.wholeNumber('INTERNAL_PORT', PORTS, 8_081);
  if (port !== 0 && port === internalPort) read.complain('PORT and INTERNAL_PORT have to differ');
  return {
    service,
    host: read.text('HOST', HOST, '0.0.0.0'),
    port,
    internalPort,
    region: read.text('AWS_REGION', REGION),
    version: read.text('VERSION', VERSION, 'development'),
    tracing: Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT),
    drain,
    stopTimeout,
  };
}
