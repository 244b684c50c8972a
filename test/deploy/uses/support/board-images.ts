import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DescribeRepositoriesCommand, PutImageCommand, type Repository } from '@aws-sdk/client-ecr';
import { buildSync } from 'esbuild';
import type { Control } from '../../support/control';
import type { DeployedStack } from '../../support/stacks';

const APPLICATION = resolve('services', 'notice-board');

/** Tags that begin so are of versions that never get ready. */
export const UNREADY = 'unready-';

/** Tags that begin so are of images that hold another version than their tags say. */
export const MISLABELLED = 'mislabelled-';

/** Lives, and is not ready; all other pages are as they should be. */
const UNREADY_SERVER = `
const { createServer } = require('node:http');
createServer(({ url }, response) => {
  response.statusCode = url === '/readyz' ? 500 : 200;
  response.end(JSON.stringify({ version: process.env.VERSION }));
}).listen(Number(process.env.PORT), process.env.HOST);
`;

let folder: string | undefined;

/** The program of the application as its own build makes it: one file, and what its page needs. */
function builtProgram(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'notice-board-'));
    buildSync({
      entryPoints: [join(APPLICATION, 'server.ts')],
      outfile: join(folder, 'server.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      logLevel: 'error',
    });
    cpSync(join(APPLICATION, 'public'), join(folder, 'public'), { recursive: true });
  }
  return join(folder, 'server.cjs');
}

/** The repository of the service's images. */
export async function repositoryOf({ aws, idOf }: DeployedStack): Promise<Repository> {
  const { repositories = [] } = await aws.ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [await idOf('AWS::ECR::Repository')] }),
  );
  const [repository] = repositories;
  if (!repository) throw new Error('ECR does not know the repository');
  return repository;
}

/** Tells an emulator what the images of the stack's repository run; its container engine is this machine. */
export async function teach(stack: DeployedStack, control: Control): Promise<void> {
  const { repositoryUri } = await repositoryOf(stack);
  const program = ['node', builtProgram()];
  await control.image(`${repositoryUri}:`, program, { VERSION: '{tag}' });
  await control.image(`${repositoryUri}:${MISLABELLED}`, program, { VERSION: 'another' });
  await control.image(`${repositoryUri}:${UNREADY}`, ['node', '-e', UNREADY_SERVER], { VERSION: '{tag}' });
}

/** Puts an image of a few bytes into the repository; its address. */
export async function push(stack: DeployedStack, tag: string): Promise<string> {
  const { repositoryName, repositoryUri } = await repositoryOf(stack);
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: digestOf(tag) },
    layers: [],
    // Two images of the same content would be one.
    annotations: { 'org.opencontainers.image.version': tag },
  });
  await stack.aws.ecr.send(new PutImageCommand({ repositoryName, imageTag: tag, imageManifest }));
  return `${repositoryUri}:${tag}`;
}

const digestOf = (text: string) => `sha256:${Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)}`;
