#!/usr/bin/env node
/**
 * Stands in for Docker when the CDK CLI builds and pushes images to an emulator: nothing is built. The image that it
 * pushes says how it would have been built, in annotations of its manifest.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const [command = '', ...rest] = process.argv.slice(2);
const folder = join(tmpdir(), 'built-images');
const fileOf = (image) => join(folder, createHash('sha256').update(image).digest('hex'));

switch (command) {
  case 'build':
    build();
    break;
  case 'inspect':
    process.exitCode = existsSync(fileOf(rest.at(-1) ?? '')) ? 0 : 1;
    break;
  case 'login':
    process.stdin.resume();
    break;
  case 'push':
    await push(rest.at(-1) ?? '');
    break;
  case 'tag':
    writeFileSync(fileOf(rest[1] ?? ''), readFileSync(fileOf(rest[0] ?? '')));
    break;
  default:
    throw new Error(`the deploy tests' docker does not know: ${process.argv.slice(2).join(' ')}`);
}

function build() {
  const { values } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      'build-arg': { type: 'string', multiple: true, default: [] },
      file: { type: 'string', default: 'Dockerfile' },
      platform: { type: 'string', default: '' },
      tag: { type: 'string' },
    },
  });
  if (!existsSync(values.file)) throw new Error(`there is no ${values.file} in ${process.cwd()}`);
  const annotations = {
    platform: values.platform,
    ...Object.fromEntries(
      values['build-arg']
        .map((each) => each.split(/=(.*)/s))
        .map(([name, value]) => [`build-arg.${name}`, value]),
    ),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(values.tag ?? ''), JSON.stringify(annotations));
}

async function push(image) {
  const [, registry = '', repositoryName, imageTag] = /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
  const [registryId, , , region] = registry.split('.');
  const digest = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      size: image.length,
      digest: digest(image),
    },
    layers: [],
    annotations: JSON.parse(readFileSync(fileOf(image), 'utf8')),
  });
  const scope = `${registryId}/20260101/${region}/ecr/aws4_request`;
  const answer = await fetch(process.env.AWS_ENDPOINT_URL ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ registryId, repositoryName, imageTag, imageManifest }),
  });
  if (!answer.ok) throw new Error(`${image}: ${answer.status} ${await answer.text()}`);
}
