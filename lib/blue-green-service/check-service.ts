import { Token } from 'aws-cdk-lib';
import { checkSeconds } from '../building-blocks/durations';
import type { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import { DEFAULT_CPU, DEFAULT_MEMORY } from './container-task';
import { checkFargateSize } from './fargate-sizes';
import type { PathService, ServiceOptions } from './service-options';
import { DEFAULT_MAX_CAPACITY, DEFAULT_MIN_CAPACITY } from './service-scaling';

/** Where the collector of traces listens, in the network of the task. */
const COLLECTOR_PORT = 4318;

/** What the task definition sets itself, and what to do instead. */
const OWN_VARIABLES: Readonly<Record<string, string>> = {
  PORT: 'give containerPort',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'leave out tracing',
};

/**
 * Adds to `problems` what can't be honoured in a service's options.
 *
 * @param prefix what stands before the props' names, like 'pathServices.admin.'
 */
export function checkService(prefix: string, service: ServiceOptions, problems: Problems): void {
  const whole = (prop: keyof ServiceOptions & string, limits: readonly [number, number], unit: string) =>
    checkWholeNumber(`${prefix}${prop}`, service[prop] as number | undefined, limits, unit, problems);
  whole('containerPort', [1, 65_535], '');
  if (service.tracing && service.containerPort === COLLECTOR_PORT) {
    problems.add(
      `${prefix}containerPort`,
      COLLECTOR_PORT,
      'is that of the collector of traces; give another one, or leave out tracing.',
    );
  }
  whole('minCapacity', [1, Number.POSITIVE_INFINITY], 'tasks');
  whole('maxCapacity', [1, Number.POSITIVE_INFINITY], 'tasks');
  whole('targetCpu', [10, 90], 'percent');
  whole('targetRequests', [1, Number.POSITIVE_INFINITY], 'requests');
  checkFargateSize(
    prefix,
    { cpu: service.cpu ?? DEFAULT_CPU, memoryLimitMiB: service.memoryLimitMiB ?? DEFAULT_MEMORY },
    problems,
  );
  const { maxCapacity = DEFAULT_MAX_CAPACITY, minCapacity = DEFAULT_MIN_CAPACITY } = service;
  if (!Token.isUnresolved(minCapacity) && !Token.isUnresolved(maxCapacity) && minCapacity > maxCapacity) {
    problems.add(`${prefix}minCapacity`, minCapacity, `is more than maxCapacity, ${maxCapacity}; give less.`);
  }
  checkSeconds(`${prefix}deregistrationDelay`, service.deregistrationDelay, [0, 3600], problems);
  checkSeconds(`${prefix}stopTimeout`, service.stopTimeout, [2, 120], problems);
  checkSeconds(
    `${prefix}healthCheckGracePeriod`,
    service.healthCheckGracePeriod,
    [0, Number.POSITIVE_INFINITY],
    problems,
  );
  checkPath(`${prefix}healthCheckPath`, service.healthCheckPath, problems);
  if (service.versionPath !== '') checkPath(`${prefix}versionPath`, service.versionPath, problems);
  checkValidation(prefix, service, problems);
  checkVariables(prefix, service, problems);
}

/** Adds to `problems` what can't be honoured in the services that take some paths only. */
export function checkPathServices(
  services: Readonly<Record<string, PathService>> = {},
  problems: Problems,
): void {
  const taken = new Map<number, string>();
  const patterns = new Map<string, string>();
  for (const [name, service] of Object.entries(services)) {
    const prefix = `pathServices.${name}.`;
    if (!/^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(name)) {
      problems.add(
        'pathServices',
        name,
        'is no name; give 1 to 32 letters, digits and hyphens that begin with a letter.',
      );
    }
    if (name === MAIN_NAME) {
      problems.add(
        'pathServices',
        name,
        'is the name of the service that takes all paths; give another one.',
      );
    }
    checkService(prefix, service, problems);
    checkPatterns(prefix, service, problems);
    for (const pattern of Token.isUnresolved(service.pathPatterns) ? [] : service.pathPatterns) {
      const owner = patterns.get(pattern) ?? name;
      if (owner !== name) {
        problems.add(`${prefix}pathPatterns`, pattern, `is a path of ${owner}, too; leave one of them out.`);
      }
      patterns.set(pattern, owner);
    }
    checkWholeNumber(`${prefix}priority`, service.priority, [1, 49_999], '', problems);
    const other = taken.get(service.priority);
    if (other !== undefined && !Token.isUnresolved(service.priority)) {
      problems.add(`${prefix}priority`, service.priority, `is that of ${other}, too; give each its own.`);
    }
    taken.set(service.priority, name);
  }
}

/** The name of the service that takes all paths, in alarms and graphs. */
export const MAIN_NAME = 'Service';

/** A rule takes five values in all its conditions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
function checkPatterns(prefix: string, { pathPatterns }: PathService, problems: Problems): void {
  if (Token.isUnresolved(pathPatterns)) return;
  if (pathPatterns.length < 1 || pathPatterns.length > 5) {
    problems.add(`${prefix}pathPatterns`, pathPatterns, 'are too many or none; give 1 to 5.');
  }
  for (const pattern of pathPatterns) {
    if (Token.isUnresolved(pattern) || PATH_PATTERN.test(pattern)) continue;
    problems.add(
      `${prefix}pathPatterns`,
      pattern,
      "is no pattern of some paths; give one like '/api/*', of up to 128 letters, digits and _-.$/~\"'@:+&*?.",
    );
  }
}

/**
 * What a rule takes, but for `/*`, which would leave no path to the service that takes all others.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
const PATH_PATTERN = /^\/(?!\*+$)[\w.$/~"'@:+&*?-]{0,127}$/;

function checkValidation(
  prefix: string,
  { validationChecks = [] }: ServiceOptions,
  problems: Problems,
): void {
  for (const { path, status } of validationChecks) {
    checkPath(`${prefix}validationChecks.path`, path, problems);
    checkWholeNumber(`${prefix}validationChecks.status`, status, [100, 599], '', problems);
  }
}

function checkVariables(prefix: string, { application, tracing }: ServiceOptions, problems: Problems): void {
  const names = [...Object.keys(application?.environment ?? {}), ...Object.keys(application?.secrets ?? {})];
  for (const [name, instead] of Object.entries(OWN_VARIABLES)) {
    if (!names.includes(name) || (name !== 'PORT' && !tracing)) continue;
    problems.add(
      `${prefix}application`,
      name,
      `is a variable that the service itself sets; leave it out, or ${instead}.`,
    );
  }
  const twice = Object.keys(application?.environment ?? {}).filter((name) =>
    Object.hasOwn(application?.secrets ?? {}, name),
  );
  for (const name of twice) {
    problems.add(
      `${prefix}application`,
      name,
      'is a variable and a secret, and can be only one of them; leave one out.',
    );
  }
}

function checkPath(prop: string, path: string | undefined, problems: Problems): void {
  if (path === undefined || Token.isUnresolved(path) || /^\/[!-~]{0,127}$/.test(path)) return;
  problems.add(
    prop,
    path,
    "is no path; give one that starts with '/', without spaces, of up to 128 characters.",
  );
}
