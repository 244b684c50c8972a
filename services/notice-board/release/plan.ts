import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './main';
import { Repository } from './repository';
import { readSettings } from './settings';

/** Says what is to be built, as variables for the shell: `build/release.env`. */
run(async () => {
  const settings = readSettings(process.env);
  const { version } = settings;
  const isContainer = settings.target === 'container';
  const imageUri = isContainer ? `${settings.repositoryUri}:${version}` : '';
  // Tags are immutable: a build that is repeated finds the image of the first attempt, and releases that.
  const exists = isContainer && (await new Repository(settings.repositoryUri).has(version));
  if (exists) say(`${imageUri} is there already.`);
  else say(`Version ${version} is new.`);
  const variables = { IMAGE_TAG: version, IMAGE_URI: imageUri, BUILD_IMAGE: String(isContainer && !exists) };
  // No value needs quotes: the settings have been checked.
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  writeFileSync(join(__dirname, 'release.env'), lines.join(''));
});
