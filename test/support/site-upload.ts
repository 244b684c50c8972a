import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import {
  ServerlessApiStack,
  type ServerlessApiStackProps,
} from '../../lib/serverless-api/serverless-api-stack';
import { createApp, type StackTemplate, theOnly, withAssembly } from './apps';
import { valueIn } from './deployed-values';

/** What is uploaded as the site: the files of the folder, and what `config.json` says when it is deployed. */
export function uploadedSiteOf(props: ServerlessApiStackProps): {
  readonly template: StackTemplate;
  readonly files: Readonly<Record<string, string>>;
  readonly config: unknown;
} {
  const app = createApp();
  const { artifactId } = new ServerlessApiStack(app, 'ServerlessApi', props);
  return withAssembly(app, (assembly) => {
    const template: StackTemplate = assembly.getStackArtifact(artifactId).template;
    const { SourceMarkers = [], SourceObjectKeys } = theOnly(template, 'Custom::CDKBucketDeployment')
      .Properties as { SourceMarkers?: Record<string, unknown>[]; SourceObjectKeys: string[] };
    const [site, config] = SourceObjectKeys.map((key) => {
      const folder = join(assembly.directory, `asset.${key.replace('.zip', '')}`);
      return Object.fromEntries(
        readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
      );
    });
    // The function puts the values in the places of the markers.
    const text = Object.entries(SourceMarkers[1] ?? {}).reduce(
      (json, [marker, value]) => json.replaceAll(marker, valueIn(value)),
      config?.['config.json'] ?? '',
    );
    return { template, files: site ?? {}, config: JSON.parse(text) };
  });
}

/** The paths, below the API and with `--` in the place of slashes in ids, of the constructs on which a rule of cdk-nag is acknowledged. */
export function acknowledgedRoutesOf(props: ServerlessApiStackProps, rule: string): string[] {
  const app = createApp();
  new ServerlessApiStack(app, 'ServerlessApi', props);
  return app.node
    .findAll()
    .filter(({ node }) =>
      node.metadata.some(
        ({ data, type }) =>
          type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY &&
          /\S/.test((data as Record<string, string>)[`AwsSolutions::AwsSolutions-${rule}`] ?? ''),
      ),
    )
    .map(({ node }) =>
      node.path.replace(/^ServerlessApi\/ServerlessApi\/(?:HttpApi|RestApi\/Api\/Default)\//, ''),
    )
    .sort();
}
