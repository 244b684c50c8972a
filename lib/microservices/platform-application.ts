import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { addRequestAlarms } from '../building-blocks/load-balancer-monitoring';
import { Problems } from '../building-blocks/problems';
import { ApplicationIngress } from './application-ingress';
import type { ApplicationFrontOptions, ApplicationServiceOptions } from './application-options';
import { commonPolicies, policyOf } from './application-policies';
import { applyObjects } from './apply-objects';
import { checkApplication, MOST_REPLICAS, portOf } from './check-application';
import { namespaceObjects } from './kubernetes/namespace';
import { type Workload, workloadObjects } from './kubernetes/workload';
import type { MicroservicesPlatform } from './microservices-platform';
import { ServiceIdentity } from './service-identity';

/** Properties of PlatformApplication. */
export interface PlatformApplicationProps extends ApplicationFrontOptions {
  /** Where it runs. */
  readonly platform: MicroservicesPlatform;

  /** Its namespace, which it makes: lower-case letters, digits and hyphens. One of Kubernetes' own is rejected. */
  readonly namespace: string;

  /** Its services by their names, by which they find each other: lower-case letters, digits and hyphens. */
  readonly services: Readonly<Record<string, ApplicationServiceOptions>>;
}

/** An application on the platform: a namespace with services, their roles, what they may say to each other, and a way in. */
export class PlatformApplication extends Construct {
  /** The way in. */
  readonly ingress: ApplicationIngress;

  /** The services' roles, by the services' names. */
  readonly roles: Readonly<Record<string, iam.IRole>>;

  constructor(scope: Construct, id: string, props: PlatformApplicationProps) {
    super(scope, id);
    const problems = new Problems(this);
    checkApplication(props, problems);
    const { platform } = props;
    if (!platform.takeNamespace(props.namespace)) {
      problems.add(
        'namespace',
        props.namespace,
        'belongs to another application of the platform; give another one.',
      );
    }
    problems.throwIfAny();

    const parts = Object.entries(props.services).map(([name, service]) => {
      const identity = this.identityOf(name, service, props);
      return {
        name,
        service,
        identity,
        objects: workloadObjects(this.workloadOf(name, service, identity.role, props)),
      };
    });
    this.roles = Object.fromEntries(parts.map(({ identity, name }) => [name, identity.role]));
    // Pods get credentials only if their role's association was there before them.
    const namespace = this.createNamespace(props, [
      ...parts.flatMap(({ identity }) => identity.ready),
      ...platform.compute.ready(props.namespace),
    ]);
    this.ingress = new ApplicationIngress(this, 'Ingress', {
      ...props,
      routes: parts.flatMap(({ name, service }) =>
        (service.paths ?? []).map((path) => ({ path, service: name })),
      ),
      // A resource for each service: what is taken out of one that stays is not always deleted.
      targets: parts.map(({ name, objects, service }) =>
        applyObjects(
          this,
          `${name}-service`,
          platform.cluster,
          [
            objects.serviceAccount,
            objects.service,
            ...(platform.compute.networkPolicies ? policyOf(name, service, props) : []),
          ],
          [namespace],
        ),
      ),
      after: [namespace],
    });
    for (const { name, objects } of parts) {
      const { autoscaler, deployment, disruptionBudget } = objects;
      applyObjects(
        this,
        `${name}-pods`,
        platform.cluster,
        [deployment, autoscaler, disruptionBudget],
        this.ingress.ready,
      );
    }
    platform.monitoring.dashboard.addWidgets(
      ...addRequestAlarms(platform.monitoring, this.ingress.loadBalancer, `${props.namespace}-`),
    );
  }

  private identityOf(
    name: string,
    { grantTo }: ApplicationServiceOptions,
    { namespace, platform }: PlatformApplicationProps,
  ): ServiceIdentity {
    const identity = new ServiceIdentity(this, `${name}-identity`, {
      cluster: platform.cluster,
      clusterName: platform.clusterName,
      namespace,
      serviceAccount: name,
      podIdentity: platform.compute.podIdentity,
    });
    grantTo?.(identity.role);
    return identity;
  }

  /** What the pods need before they may start; at the end it outlives them. */
  private createNamespace(props: PlatformApplicationProps, after: readonly IDependable[]): IDependable {
    const { namespace, platform, services } = props;
    const { cluster, compute } = platform;
    return applyObjects(
      this,
      'Namespace',
      cluster,
      [
        ...Object.values(
          namespaceObjects({
            name: namespace,
            application: namespace,
            kubernetesMinor: platform.kubernetesMinor,
            services: Object.values(services).map((service) => sizeOf(service, platform)),
            loadBalancing: compute.ownsLoadBalancers ? 'autoMode' : 'controller',
            networkPolicies: compute.networkPolicies,
          }),
        ),
        ...(compute.networkPolicies ? commonPolicies(props) : []),
      ],
      after,
    );
  }

  private workloadOf(
    name: string,
    service: ApplicationServiceOptions,
    role: iam.IRole,
    { namespace, platform }: PlatformApplicationProps,
  ): Workload {
    const { compute, traceEndpoint } = platform;
    const port = portOf(service);
    return {
      name,
      namespace,
      application: namespace,
      image: service.image,
      port,
      internalPort: service.internalPort,
      environment: {
        PORT: String(port),
        ...(service.internalPort && { INTERNAL_PORT: String(service.internalPort) }),
        AWS_REGION: Aws.REGION,
        ...(traceEndpoint && { OTEL_EXPORTER_OTLP_ENDPOINT: traceEndpoint }),
        ...service.environment,
      },
      ...sizeOf(service, platform),
      compute: compute.kind === 'fargate' ? 'fargate' : 'nodes',
      architecture: compute.architecture,
      roleArn: compute.podIdentity ? undefined : role.roleArn,
    };
  }
}

/** What a service's pods take, and how many they are. */
function sizeOf(service: ApplicationServiceOptions, { compute, profile }: MicroservicesPlatform) {
  const cpuMillis = service.cpu ?? (profile.multiAz ? 250 : 100);
  const minReplicas = service.minReplicas ?? (profile.multiAz ? 2 : 1);
  return {
    resources: {
      cpuMillis,
      cpuLimitMillis: compute.kind === 'fargate' ? cpuMillis : 2 * cpuMillis,
      memoryMiB: service.memory ?? 256,
    },
    minReplicas,
    maxReplicas: service.maxReplicas ?? Math.min(2 * minReplicas, MOST_REPLICAS),
  };
}
