import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHOP, SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';
import { ACCOUNT, emulatorEnvironment } from '../../test/deploy/support/cli';
import type { EmulatorAddress } from '../../test/deploy/support/emulator';
import { Gateway } from './gateway';
import { type Programs, writePrograms } from './programs';
import { recordOfAll } from './record';
import { deployResources, REGION, type ResourceEnvironments } from './resources';
import { ServiceProcess } from './service-process';

/** What a service asks: another one, or AWS. */
export type Called = ShopServiceName | 'aws';

/** What may be different from the shop that anybody starts. */
export interface LocalShopOptions {
  /**
   * The emulator's account, twelve digits.
   *
   * @default - the one of the emulator's users who name none
   */
  readonly account?: string;

  /**
   * The port of the shop's address.
   *
   * @default 0 - a free one
   */
  readonly port?: number;

  /**
   * More environment variables, for every service.
   *
   * @default - the services' own defaults
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * What is to be done when the resources are there, before any service starts.
   *
   * @default - nothing
   */
  readonly prepare?: (resources: ResourceEnvironments) => Promise<void>;

  /**
   * Gives the address by which a service reaches what it calls.
   *
   * @default - the address itself
   */
  readonly between?: (caller: ShopServiceName, called: Called, url: string) => Promise<string>;
}

/** The six services as processes of this machine, with their resources in the emulator, behind one address. */
export class LocalShop {
  private constructor(
    /** Where the logs of the services are. */
    readonly folder: string,
    private readonly programs: Programs,
    private readonly processes: Readonly<Record<ShopServiceName, ServiceProcess>>,
    private readonly environments: Readonly<Record<ShopServiceName, Readonly<Record<string, string>>>>,
    /** Where each service's resources are. */
    readonly resources: ResourceEnvironments,
    private readonly gateway: Gateway,
  ) {}

  /** Deploys the resources, and starts all services; resolves when all of them are ready. */
  static async start(
    emulator: Pick<EmulatorAddress, 'url'>,
    options: LocalShopOptions = {},
  ): Promise<LocalShop> {
    const { account = ACCOUNT, environment, port } = options;
    const folder = mkdtempSync(join(tmpdir(), 'shop-'));
    const resources = await deployResources(emulator, account);
    await options.prepare?.(resources);
    const programs = writePrograms(folder);
    const processes = await recordOfAll(SHOP_SERVICES, (name) => ServiceProcess.reserve(name, folder));
    const aws = variablesOfAws(emulatorEnvironment(emulator, REGION, account));
    const environments = await recordOfAll(SHOP_SERVICES, async (name) => {
      const addresses = await addressesOf(name, processes, emulator.url, options);
      const own = pointTo(addresses.AWS_ENDPOINT_URL ?? emulator.url, emulator.url, resources[name]);
      return { ...aws, ...own, ...addresses, NODE_COMPILE_CACHE: join(folder, 'compiled'), ...environment };
    });
    const gateway = await Gateway.start((service) => processes[service].url(), port);
    const shop = new LocalShop(folder, programs, processes, environments, resources, gateway);
    try {
      // The others read its keys when they start, and again a second later where it is not there.
      await shop.startService('customer');
      const others = SHOP_SERVICES.filter((name) => name !== 'customer');
      await Promise.all(others.map((name) => shop.startService(name)));
    } catch (error) {
      await shop.close();
      throw error;
    }
    return shop;
  }

  /** The shop's address. */
  get url(): string {
    return this.gateway.url;
  }

  /** The process of a service. */
  service(name: ShopServiceName): ServiceProcess {
    return this.processes[name];
  }

  /** Starts a service that does not run, at its old addresses; resolves when it is ready. */
  startService(name: ShopServiceName): Promise<void> {
    return this.processes[name].start(this.programs[name], this.environments[name]);
  }

  /** Stops all that runs. */
  async close(): Promise<void> {
    await Promise.all([this.gateway.close(), ...SHOP_SERVICES.map((name) => this.processes[name].stop())]);
    rmSync(this.folder, { recursive: true });
  }
}

/** The addresses of what a service calls, as environment variables. */
async function addressesOf(
  caller: ShopServiceName,
  processes: Readonly<Record<ShopServiceName, ServiceProcess>>,
  awsUrl: string,
  { between = async (_caller, _called, url) => url }: LocalShopOptions,
): Promise<Record<string, string>> {
  const others = await Promise.all(
    SHOP[caller].calls.map(async ({ port, service }) => [
      `${service.toUpperCase()}_URL`,
      await between(caller, service, processes[service].url(port)),
    ]),
  );
  return Object.fromEntries([...others, ['AWS_ENDPOINT_URL', await between(caller, 'aws', awsUrl)]]);
}

/** A queue's URL leads to the same address as all else of AWS. */
function pointTo(endpoint: string, awsUrl: string, environment: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(awsUrl, endpoint)]),
  );
}

/** Without what else the user's environment says. */
function variablesOfAws(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && name.startsWith('AWS_') ? [[name, value]] : [],
    ),
  );
}
