import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import cdkJson from '../../cdk.json';
import { ShopResources } from '../../lib/microservices/shop-resources';
import { SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';
import { SANDBOX } from '../../lib/profile';
import { bootstrap, deploy, emulatorEnvironment } from '../../test/deploy/support/cli';
import type { EmulatorAddress } from '../../test/deploy/support/emulator';
import { recordOf } from './record';

/** Where the emulator has the shop's resources. */
export const REGION = 'ap-northeast-1';

/** The environment variables of a service that say where its resources are. */
export type ResourceEnvironments = Readonly<Record<ShopServiceName, Readonly<Record<string, string>>>>;

/** The shop's resources without a cluster; what each service has to know of them is an output. */
class ShopResourcesStack extends Stack {
  private readonly outputs: {
    readonly service: ShopServiceName;
    readonly variable: string;
    readonly id: string;
  }[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const resources = new ShopResources(this, 'Resources', { profile: SANDBOX });
    for (const service of SHOP_SERVICES) {
      for (const [variable, value] of Object.entries(resources.environmentOf(service))) {
        // A name of letters and digits, as CloudFormation wants it.
        const output = `${service}${variable.replaceAll('_', '')}`;
        new CfnOutput(this, output, { value });
        this.outputs.push({ service, variable, id: output });
      }
    }
  }

  /** The environment of a service, of the deployed outputs. */
  environmentOf(service: ShopServiceName, values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      this.outputs
        .filter((output) => output.service === service)
        .map(({ id, variable }) => [variable, values[id] ?? '']),
    );
  }
}

/** Deploys the shop's resources to an account of the emulator by the CDK CLI. */
export async function deployResources(
  emulator: Pick<EmulatorAddress, 'url'>,
  account: string,
): Promise<ResourceEnvironments> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-resources-'));
  try {
    const app = new App({ outdir: folder, analyticsReporting: false, context: cdkJson.context });
    const stack = new ShopResourcesStack(app, 'Shop');
    app.synth();
    await bootstrap(emulator, REGION, account);
    const { outputs } = await deploy(
      folder,
      [stack.stackName],
      emulatorEnvironment(emulator, REGION, account),
    );
    const values = outputs[stack.stackName] ?? {};
    return recordOf(SHOP_SERVICES, (service) => stack.environmentOf(service, values));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
