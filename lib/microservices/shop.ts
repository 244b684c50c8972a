import { Construct } from 'constructs';
import { Problems } from '../building-blocks/problems';
import type { ApplicationFrontOptions, ApplicationServiceOptions } from './application-options';
import type { MicroservicesPlatform } from './microservices-platform';
import { PlatformApplication } from './platform-application';
import { shopImage } from './shop-image';
import { ShopMonitoring, type ShopThresholds } from './shop-monitoring';
import { ShopResources } from './shop-resources';
import { addressesFor, SHOP, SHOP_PORTS, SHOP_SERVICES, type ShopServiceName } from './shop-services';

/** How much of a service runs. */
export type ServiceSize = Pick<ApplicationServiceOptions, 'cpu' | 'maxReplicas' | 'memory' | 'minReplicas'>;

/** What of a shop can be said in plain values. */
export interface ShopOptions {
  /**
   * The namespace: lower-case letters, digits and hyphens.
   *
   * @default 'shop'
   */
  readonly namespace?: string;

  /**
   * Images that a pipeline of yours has built, by service, each with a tag of its own or a digest; made for arm64, on Fargate for amd64.
   *
   * @default - built from services/shop where the CDK CLI runs, which needs Docker or what CDK_DOCKER names
   */
  readonly images?: Readonly<Partial<Record<ShopServiceName, string>>>;

  /**
   * How much of a service runs, where it is to be other than the default.
   *
   * @default - as ApplicationServiceOptions has it
   */
  readonly sizes?: Readonly<Partial<Record<ShopServiceName, ServiceSize>>>;

  /**
   * From when on alarms tell of slow or failing services and of events that wait.
   *
   * @default - those of ShopThresholds
   */
  readonly thresholds?: ShopThresholds;
}

/** Properties of Shop. */
export interface ShopProps extends ShopOptions, ApplicationFrontOptions {
  /** Where it runs; the shop takes its profile. */
  readonly platform: MicroservicesPlatform;
}

/** The shop: six services, each with a role, a table and an image of its own. */
export class Shop extends Construct {
  /** Tables, topics, queues, the key of the payments and the secret of the sign-in. */
  readonly resources: ShopResources;

  /** The services on the platform. */
  readonly application: PlatformApplication;

  /** Where a browser finds the shop. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ShopProps) {
    super(scope, id);
    const { namespace = 'shop', platform } = props;
    const problems = new Problems(this);
    checkNames(props, problems);
    problems.throwIfAny();

    this.resources = new ShopResources(this, 'Resources', { profile: platform.profile });
    this.application = new PlatformApplication(this, 'Application', {
      ...props,
      namespace,
      services: Object.fromEntries(SHOP_SERVICES.map((name) => [name, this.serviceOf(name, props)])),
    });
    // Events of the first purchases would go nowhere.
    this.application.node.addDependency(this.resources.events);
    new ShopMonitoring(this, 'Monitoring', {
      monitoring: platform.monitoring,
      resources: this.resources,
      logGroup: platform.applicationLog,
      kubernetesNamespace: namespace,
      thresholds: props.thresholds,
    });
    this.url = this.application.ingress.url;
  }

  private serviceOf(name: ShopServiceName, props: ShopProps): ApplicationServiceOptions {
    const { calls, internalApi, publicPaths } = SHOP[name];
    const { environment, image } = this.imageOf(name, props);
    return {
      ...props.sizes?.[name],
      image,
      port: SHOP_PORTS.public,
      internalPort: internalApi ? SHOP_PORTS.internal : undefined,
      paths: publicPaths,
      calls: calls.map(({ port, service }) => ({ service, port: SHOP_PORTS[port] })),
      environment: {
        ...this.resources.environmentOf(name),
        ...addressesFor(name),
        ...environment,
      },
      grantTo: (role) => this.resources.grantTo(name, role),
    };
  }

  /** A given image knows its version; one that is built now has no other one than its tag. */
  private imageOf(
    name: ShopServiceName,
    { images, platform }: ShopProps,
  ): Pick<ApplicationServiceOptions, 'environment' | 'image'> {
    const given = images?.[name];
    if (given !== undefined) return { image: given };
    const { imageTag, imageUri } = shopImage(this, name, platform.compute.architecture);
    return { image: imageUri, environment: { VERSION: imageTag } };
  }
}

/** A service with a wrong name would be built, and have its usual size, though something else was asked for. */
function checkNames({ images = {}, sizes = {} }: ShopProps, problems: Problems): void {
  const names: readonly string[] = SHOP_SERVICES;
  for (const [prop, given] of Object.entries({ images, sizes })) {
    for (const name of Object.keys(given).filter((each) => !names.includes(each))) {
      problems.add(prop, name, `is no service of the shop; choose one of: ${names.join(', ')}.`);
    }
  }
}
