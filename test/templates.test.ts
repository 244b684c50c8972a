import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CampaignSiteStack } from '../lib/campaign-site/campaign-site-stack';
import { createApp, templateOf, templatesOf } from './support/apps';
import { CATALOGUE } from './support/estate';
import { maskHashes } from './support/masking';

describe.each(CATALOGUE)('$name', ({ name, addStacks }) => {
  const app = createApp({ 'aws:cdk:disable-asset-staging': true });
  addStacks(app);
  const templates = templatesOf(app);

  test.each([...templates])('the committed template of %s is up to date', async (id, template) => {
    const masked = maskHashes(template, templates.values());
    const text = stringify(masked, { lineWidth: 0, aliasDuplicateObjects: false });
    await expect(text).toMatchFileSnapshot(`templates/${name}/${id.replaceAll('/', '.')}.yaml`);
  });
});

test.each([8, 16, 32])(
  'a hash of %i digits at the end of a logical id is masked wherever it stands',
  (digits) => {
    const hash = '61fbd908dfc19e0c61fbd908dfc19e0c'.slice(0, digits);
    const id = `ServerInstanceCCB4BC1C${hash}`;
    const masked = maskHashes({
      Resources: { [id]: { Type: 'T', Properties: { Name: `--resource ${id}`, Kept: '61fb' } } },
    });
    expect(masked.Resources).toEqual({
      ServerInstanceCCB4BC1CHash: {
        Type: 'T',
        Properties: { Name: '--resource ServerInstanceCCB4BC1CHash', Kept: '61fb' },
      },
    });
  },
);

describe('masking', () => {
  const folder = mkdtempSync(join(tmpdir(), 'content-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('hides a change of content, which replaces the server, and no other change', () => {
    cpSync(join('lib', 'campaign-site', 'content'), folder, { recursive: true });
    const template = (domain = false) =>
      templateOf(
        (app) =>
          new CampaignSiteStack(app, 'CampaignSite', {
            content: folder,
            exposure: 'cloudFront',
            networkAcls: domain,
          }),
      );
    const before = template();
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>New</title>');
    const after = template();
    expect(after).not.toEqual(before);
    expect(maskHashes(after)).toEqual(maskHashes(before));
    expect(maskHashes(template(true))).not.toEqual(maskHashes(before));
  });
});
