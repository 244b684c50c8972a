import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Listening, listening } from './support/listening';
import { runScript, standIn } from './support/script';

let folder: string;
let commands: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notice-board-'));
  commands = join(folder, 'commands');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A systemctl that writes down what it is asked, and fails where the test says. */
function standInSystemctl(failing = ''): () => string[] {
  const log = join(folder, 'systemctl.log');
  writeFileSync(log, '');
  standIn(commands, 'systemctl', `echo "$*" >> '${log}'; [ "$1" != '${failing}' ]`);
  return () => readFileSync(log, 'utf8').trim().split('\n');
}

describe('application-stop.sh', () => {
  test('stops the service', async () => {
    const asked = standInSystemctl();
    expect((await runScript('application-stop.sh', commands)).code).toBe(0);
    expect(asked()).toEqual(['cat notice-board', 'stop notice-board']);
  });

  test('has nothing to do where there is no service', async () => {
    const asked = standInSystemctl('cat');
    expect((await runScript('application-stop.sh', commands)).code).toBe(0);
    expect(asked()).toEqual(['cat notice-board']);
  });

  test('fails where the service does not stop', async () => {
    standInSystemctl('stop');
    expect((await runScript('application-stop.sh', commands)).code).toBe(1);
  });
});

describe('before-install.sh', () => {
  const environment = () => ({
    NODE_PROGRAM: join(commands, 'node-24'),
    APPLICATION_ENVIRONMENT: join(folder, 'application.env'),
    LOG_FOLDER: join(folder, 'log', 'notice-board'),
  });

  test('makes the folder of the log, also a second time', async () => {
    standIn(commands, 'node-24', '');
    writeFileSync(environment().APPLICATION_ENVIRONMENT, '');
    for (let times = 0; times < 2; times += 1) {
      expect((await runScript('before-install.sh', commands, environment())).code).toBe(0);
    }
    expect(existsSync(environment().LOG_FOLDER)).toBe(true);
  });

  test('says what the server lacks', async () => {
    const noNode = await runScript('before-install.sh', commands, environment());
    expect([noNode.code, noNode.stderr]).toEqual([1, expect.stringContaining('has to install nodejs24')]);
    standIn(commands, 'node-24', '');
    const noEnvironment = await runScript('before-install.sh', commands, environment());
    expect([noEnvironment.code, noEnvironment.stderr]).toEqual([
      1,
      expect.stringContaining('application.env is missing'),
    ]);
  });
});

describe('application-start.sh', () => {
  test('starts the new unit, now and after a boot', async () => {
    const asked = standInSystemctl();
    expect((await runScript('application-start.sh', commands)).code).toBe(0);
    expect(asked()).toEqual(['daemon-reload', 'enable notice-board', 'restart notice-board']);
  });

  test('fails where the unit does not start', async () => {
    standInSystemctl('restart');
    expect((await runScript('application-start.sh', commands)).code).toBe(1);
  });
});

describe('validate-service.sh', () => {
  let service: Listening;
  let asked: number;
  /** From which request on it is ready. */
  let readyAt: number;

  beforeEach(async () => {
    asked = 0;
    readyAt = 1;
    service = await listening(
      createServer(({ url }, response) => {
        if (url === '/version') {
          response.end('{"service":"notice-board","version":"v-1.0"}');
          return;
        }
        asked += 1;
        response.writeHead(asked >= readyAt ? 200 : 503).end();
      }),
    );
  });

  afterEach(() => service.close());

  async function validate(version: string, patience: string) {
    const file = join(folder, 'version.env');
    writeFileSync(file, `VERSION=${version}\n`);
    return await runScript('validate-service.sh', commands, {
      SERVICE_URL: service.url,
      VERSION_FILE: file,
      PATIENCE_SECONDS: patience,
    });
  }

  test('is content when the new version is ready, also where that takes a while', async () => {
    readyAt = 3;
    expect(await validate('v-1.0', '20')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(asked).toBe(3);
  });

  test('gives up after its patience', async () => {
    readyAt = Number.POSITIVE_INFINITY;
    const { code, stderr } = await validate('v-1.0', '1');
    expect([code, stderr]).toEqual([1, `${service.url}/readyz does not answer with 200 within 1 s\n`]);
    expect(asked).toBeGreaterThan(1);
  });

  test.each(['v-2', 'v-1', 'v-1x0'])('does not take v-1.0 for %s', async (version) => {
    const { code, stderr } = await validate(version, '1');
    expect([code, stderr]).toEqual([1, `${service.url}/version is not ${version}\n`]);
  });
});

describe('fetch-token.sh', () => {
  const SECRET = 'a-token-of-the-tests+/=~._';
  const ARN = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:token';
  const runFolder = () => join(folder, 'run');
  const tokenFile = () => join(runFolder(), 'token.env');
  const fetchToken = (arn: string) =>
    runScript('fetch-token.sh', commands, {
      RUN_FOLDER: runFolder(),
      POST_TOKEN_SECRET_ARN: arn,
      AWS_REGION: 'ap-northeast-1',
    });

  test('writes the token where only root reads it', async () => {
    standIn(commands, 'aws', `echo "$*" > '${folder}/aws.log'; echo '${SECRET}'`);
    expect(await fetchToken(ARN)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(tokenFile(), 'utf8')).toBe(`POST_TOKEN=${SECRET}\n`);
    expect([runFolder(), tokenFile()].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    expect(readFileSync(join(folder, 'aws.log'), 'utf8')).toBe(
      `secretsmanager get-secret-value --region ap-northeast-1 --secret-id ${ARN} --query SecretString --output text\n`,
    );
  });

  test('leaves no old token where none is wanted any more', async () => {
    mkdirSync(runFolder());
    writeFileSync(tokenFile(), 'POST_TOKEN=old');
    standIn(commands, 'aws', 'exit 9');
    expect((await fetchToken('')).code).toBe(0);
    expect(existsSync(tokenFile())).toBe(false);
  });

  test('fails where there is no secret', async () => {
    standIn(commands, 'aws', 'exit 254');
    expect((await fetchToken(ARN)).code).toBe(254);
    expect(existsSync(tokenFile())).toBe(false);
  });

  test.each(["with 'quotes' in it", 'a$(reboot)bcdefghijkl', 'too-short', '{"token":"0123456789abcdef"}'])(
    'refuses the secret %s, and does not show it',
    async (secret) => {
      standIn(commands, 'aws', `cat <<'END'\n${secret}\nEND`);
      const { code, stdout, stderr } = await fetchToken(ARN);
      expect([code, existsSync(tokenFile())]).toEqual([1, false]);
      expect(stderr).toContain('the secret is not 16 to 1024');
      expect(stdout + stderr).not.toContain(secret);
    },
  );
});
