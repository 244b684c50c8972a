import * as assets from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { projectFolder } from '../building-blocks/project-folder';
import type { Compute } from './compute';
import { SHOP_SERVICES, type ShopServiceName } from './shop-services';

const PLATFORMS: Readonly<Record<Compute['architecture'], assets.Platform>> = {
  amd64: assets.Platform.LINUX_AMD64,
  arm64: assets.Platform.LINUX_ARM64,
};

/**
 * The image of one of the shop's services, built where the CDK CLI runs, and pushed into the registry of the bootstrap stack. Its tag
 * is made of the files that it is built from, so that a change of one service is a release of that service alone.
 */
export function shopImage(
  scope: Construct,
  service: ShopServiceName,
  architecture: Compute['architecture'],
): assets.DockerImageAsset {
  const others = SHOP_SERVICES.filter((name) => name !== service);
  return new assets.DockerImageAsset(scope, `${service}-image`, {
    directory: projectFolder('services', 'shop'),
    buildArgs: { SERVICE: service },
    platform: PLATFORMS[architecture],
    exclude: [...others, '**/node_modules', '**/test', 'dist', 'local', '*.md', 'biome*.json', 'vitest*'],
    displayName: `shop: ${service}`,
  });
}
