import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DockerImageAsset } from 'aws-cdk-lib/cloud-assembly-schema';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { MicroservicesStack } from '../lib/microservices/microservices-stack';
import { SHOP_SERVICES } from '../lib/microservices/shop-services';
import { createApp, withAssembly } from './support/apps';

type Props = ConstructorParameters<typeof MicroservicesStack>[2];

/** Hands the shop's images, as the CDK CLI would hand them to Docker, to `use`, with the folders of their contexts. */
function withImages<T>(props: Props, use: (images: { image: DockerImageAsset; context: string }[]) => T): T {
  const app = createApp();
  const { stackName } = new MicroservicesStack(app, 'Microservices', props);
  return withAssembly(app, ({ directory }) => {
    const { dockerImages } = JSON.parse(readFileSync(join(directory, `${stackName}.assets.json`), 'utf8'));
    const images = Object.values(dockerImages as Record<string, DockerImageAsset>);
    return use(images.map((image) => ({ image, context: join(directory, image.source.directory ?? '') })));
  });
}

const serviceOf = ({ source }: DockerImageAsset) => source.dockerBuildArgs?.SERVICE ?? '';

test('each service has an image for the processors of its compute', () => {
  for (const [compute, platform] of [
    ['autoMode', 'linux/arm64'],
    ['nodeGroup', 'linux/arm64'],
    ['fargate', 'linux/amd64'],
  ] as const) {
    withImages({ compute }, (images) => {
      expect(images.map(({ image }) => serviceOf(image)).sort()).toEqual([...SHOP_SERVICES].sort());
      expect(new Set(images.map(({ image }) => image.source.platform))).toEqual(new Set([platform]));
    });
  }
});

test('an image is built from its service and what all share, and from nothing else', () => {
  withImages({}, (images) => {
    for (const { context, image } of images) {
      const service = serviceOf(image);
      const folders = readdirSync(context, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      expect(folders.map(({ name }) => name).sort()).toEqual([service, 'shared'].sort());
      expect(readdirSync(context)).toEqual(
        expect.arrayContaining(['Dockerfile', 'build.mts', 'package-lock.json']),
      );
      const { errors, metafile } = buildSync({
        absWorkingDir: context,
        entryPoints: [`${service}/server.ts`],
        bundle: true,
        write: false,
        metafile: true,
        platform: 'node',
        outdir: 'dist',
        logLevel: 'silent',
        nodePaths: [resolve('node_modules')],
      });
      expect(errors).toEqual([]);
      expect(Object.keys(metafile.inputs)).toContain(`${service}/server.ts`);
    }
  });
});

test('images of a pipeline take the place of those that are built', () => {
  withImages({ images: { order: 'registry.example.com/order:1' } }, (images) => {
    expect(images.map(({ image }) => serviceOf(image))).not.toContain('order');
    expect(images).toHaveLength(SHOP_SERVICES.length - 1);
  });
});
