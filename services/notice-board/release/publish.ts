import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, say } from './main';
import { Repository } from './repository';
import { judge, waitForScan } from './scan';
import { makeServersBundle } from './servers-bundle';
import { type ContainerSettings, readSettings } from './settings';

/** The output of the build. */
const OUTPUT = join(__dirname, 'release');

/** Brings the release to where deployments take it from. */
run(async () => {
  const settings = readSettings(process.env);
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT);
  if (settings.target === 'servers') {
    makeServersBundle(dirname(__dirname), OUTPUT, settings.version);
    say(`The bundle of version ${settings.version} is complete.`);
    return;
  }
  const image = await publishImage(settings);
  // CodeBuild refuses an empty output.
  writeFileSync(join(OUTPUT, 'release.json'), `${JSON.stringify({ image })}\n`);
});

/** Pushes the image where it is new, and refuses it where its scan does. */
async function publishImage({ version, repositoryUri, maxSeverity }: ContainerSettings): Promise<string> {
  const repository = new Repository(repositoryUri);
  const image = `${repositoryUri}:${version}`;
  if (process.env.BUILD_IMAGE === 'true') {
    const { registry, user, password } = await repository.login();
    docker(['login', '--username', user, '--password-stdin', registry], password);
    docker(['push', image]);
  }
  if (!maxSeverity) {
    say('MAX_SEVERITY is none: the scan of the image is not asked for.');
    return image;
  }
  const { refused, text } = judge(await waitForScan(() => repository.scan(version)), maxSeverity);
  say(text);
  if (refused) throw new Error(`${image} is not released`);
  return image;
}

/** Runs Docker; what is secret goes in by `input`, where no list of processes shows it. */
function docker(args: string[], input?: string): void {
  const { status, error } = spawnSync('docker', args, { input, stdio: ['pipe', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`docker ${args[0]} failed`);
}
