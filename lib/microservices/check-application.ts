import { Token } from 'aws-cdk-lib';
import { checkCertifiedName } from '../building-blocks/domain-name';
import { checkClientRanges } from '../building-blocks/ip-ranges';
import type { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import type { ApplicationServiceOptions } from './application-options';
import type { PlatformApplicationProps } from './platform-application';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Of Kubernetes and the platform: whoever shares them shares their rights. */
const TAKEN_NAMESPACES = ['default', 'amazon-cloudwatch', 'aws-observability'];

const OWN_VARIABLES = ['AWS_REGION', 'INTERNAL_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'PORT'];

/** Pods of one service. */
export const MOST_REPLICAS = 100;

/** Of these quotas, limits and defaults are made at synthesis. */
const RECKONED = ['cpu', 'maxReplicas', 'memory', 'minReplicas'] as const;

/** Adds to `problems` what an application can't honour in its props. */
export function checkApplication(props: PlatformApplicationProps, problems: Problems): void {
  const { clientRanges, namespace, services } = props;
  if (!DNS_LABEL.test(namespace)) {
    problems.add('namespace', namespace, `is no name of a namespace; ${LABEL}`);
  } else if (namespace.startsWith('kube-') || TAKEN_NAMESPACES.includes(namespace)) {
    problems.add(
      'namespace',
      namespace,
      "belongs to Kubernetes or to the platform; give one of your own, like 'shop'.",
    );
  }
  if (Object.keys(services).length === 0) {
    problems.add('services', services, 'has no service; give one at least.');
  } else if (!Object.values(services).some(({ paths }) => paths?.length)) {
    problems.add(
      'services',
      Object.keys(services),
      'have no paths, so that the load balancer leads nowhere; give one of them a path.',
    );
  }
  for (const [name, service] of Object.entries(services)) checkService(name, service, services, problems);
  checkPaths(services, problems);
  checkCertifiedName(props, problems);
  if (clientRanges) checkClientRanges(clientRanges, problems);
}

const LABEL = 'give lower-case letters, digits and hyphens, up to 63, the first a letter.';

type Services = PlatformApplicationProps['services'];

function checkService(
  name: string,
  service: ApplicationServiceOptions,
  services: Services,
  problems: Problems,
): void {
  const prefix = `services.${name}`;
  const whole = (
    prop: 'cpu' | 'internalPort' | 'maxReplicas' | 'memory' | 'minReplicas' | 'port',
    limits: readonly [number, number],
    unit: string,
  ) => checkWholeNumber(`${prefix}.${prop}`, service[prop], limits, unit, problems);
  for (const prop of RECKONED.filter((each) => Token.isUnresolved(service[each]))) {
    problems.add(
      `${prefix}.${prop}`,
      'a token',
      'can not be reckoned with, as quotas are; give a literal number.',
    );
  }
  if (!DNS_LABEL.test(name)) problems.add('services', name, `is no name of a service; ${LABEL}`);
  checkImage(`${prefix}.image`, service.image, problems);
  whole('port', [1024, 65_535], '');
  whole('internalPort', [1024, 65_535], '');
  whole('cpu', [10, 16_000], 'thousandths of a core');
  whole('memory', [64, 114_688], 'MiB');
  whole('minReplicas', [1, MOST_REPLICAS], 'pods');
  whole('maxReplicas', [service.minReplicas ?? 1, MOST_REPLICAS], 'pods');
  if (service.internalPort !== undefined && service.internalPort === portOf(service)) {
    problems.add(`${prefix}.internalPort`, service.internalPort, 'is the public one, too; give another one.');
  }
  for (const variable of Object.keys(service.environment ?? {}).filter((key) =>
    OWN_VARIABLES.includes(key),
  )) {
    problems.add(`${prefix}.environment`, variable, 'is set by the platform; leave it out.');
  }
  for (const { port, service: called } of service.calls ?? []) {
    const other = services[called];
    if (!other) {
      problems.add(
        `${prefix}.calls`,
        called,
        `is no service of the application; choose one of: ${Object.keys(services).join(', ')}.`,
      );
    } else if (port !== portOf(other) && port !== other.internalPort) {
      problems.add(
        `${prefix}.calls`,
        `${called}:${port}`,
        `is no port of ${called}; give its port or internalPort.`,
      );
    }
  }
}

function checkImage(prop: string, image: string, problems: Problems): void {
  if (Token.isUnresolved(image)) return;
  const [, tag] = /:([\w.-]+)$/.exec(image) ?? [];
  if (image.includes('@sha256:') || (tag !== undefined && tag !== 'latest')) return;
  problems.add(
    prop,
    image,
    "does not say which image for good; give it with a tag of its own other than 'latest', or a digest.",
  );
}

function checkPaths(services: Services, problems: Problems): void {
  const owners = new Map<string, string>();
  for (const [name, { paths = [] }] of Object.entries(services)) {
    for (const path of paths) {
      const owner = owners.get(path);
      if (!/^\/[\w./~-]*$/.test(path)) {
        problems.add(
          `services.${name}.paths`,
          path,
          "is no beginning of a path; give one like '/orders', without a query.",
        );
      } else if (owner !== undefined) {
        problems.add(
          `services.${name}.paths`,
          path,
          `belongs to ${owner} already; leave it out at one of them.`,
        );
      }
      owners.set(path, name);
    }
  }
}

/** The port of a service's public API. */
export function portOf({ port = 8080 }: ApplicationServiceOptions): number {
  return port;
}
