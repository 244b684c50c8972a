import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const STUBS = join('test', 'deploy', 'boot-stubs');

/** A first boot to be tried. */
export interface Boot {
  readonly userData: string;

  /** What the server can download, by its S3 address. */
  readonly objects: Readonly<Record<string, Uint8Array>>;

  /** Packages that the repository does not have today. */
  readonly missingPackages?: readonly string[];

  /** Paths that are requested from the server after its boot. */
  readonly requests?: readonly string[];
}

/** What came of a first boot. */
export interface BootResult {
  readonly exitCode: number;
  readonly printed: string;

  /** The commands that reached a stub, in their order. */
  readonly commands: readonly string[];

  /** The arguments of cfn-signal, by option. */
  readonly signal: Readonly<Record<string, string>> | undefined;

  /** The answers to the requests, with headers. */
  readonly answers: Readonly<Record<string, string>>;

  /** Reads a file of the server. */
  read(path: string): string;

  remove(): void;
}

/**
 * Runs user data on a root folder of its own: the machine's programs, an Amazon Linux's file tree, and stubs for what
 * is not there (dnf, aws, systemctl, the CloudWatch agent, cfn-signal). It has no network but a loopback, its own
 * process ids, and writes nothing outside of the folder. nginx, unzip and curl are the real ones.
 */
export function tryBoot(boot: Boot): BootResult {
  requireTools();
  const root = mkdtempSync(join(tmpdir(), 'server-'));
  const write = (path: string, content: string | Uint8Array, mode = 0o644) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
  };
  for (const folder of [
    'usr',
    'proc',
    'dev',
    'run',
    'tmp',
    'srv',
    'var/log/nginx',
    'var/lib/nginx',
    'opt/aws/bin',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const link of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(join('usr', link), join(root, link));
  for (const device of ['null', 'urandom']) write(join('dev', device), '');
  // nginx drops its rights to a user that a namespace without root of its own could not become.
  write('etc/passwd', 'root:x:0:0::/root:/bin/bash\nnginx:x:0:0::/:/bin/false\n');
  write('etc/group', 'root:x:0:\nnginx:x:0:\n');
  mkdirSync(join(root, 'etc', 'nginx'));
  for (const file of ['nginx/mime.types', 'ld.so.cache'])
    copyFileSync(join('/etc', file), join(root, 'etc', file));
  for (const [address, content] of Object.entries(boot.objects))
    write(join('objects', address.replace('s3://', '')), content);
  cpSync(STUBS, join(root, 'stubs'), { recursive: true });
  copyFileSync(join(STUBS, 'cfn-signal'), join(root, 'opt', 'aws', 'bin', 'cfn-signal'));
  write('missing-packages', (boot.missingPackages ?? []).join('\n'));
  write('user-data', boot.userData, 0o755);
  write('boot', bootScript(boot.requests ?? []), 0o755);

  const { stdout, stderr } = spawnSync('unshare', [...namespaces(), 'bash', '-c', enterScript(root)], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  if (!existsSync(join(root, 'exit-code'))) throw new Error(`the sandbox did not start:\n${stdout}${stderr}`);
  const commands = read('commands').trimEnd().split('\n');
  return {
    exitCode: Number(read('exit-code')),
    printed: `${stdout}${stderr}`,
    commands,
    signal: existsSync(join(root, 'signal')) ? optionsOf(read('signal')) : undefined,
    answers: Object.fromEntries((boot.requests ?? []).map((path, index) => [path, read(`answer-${index}`)])),
    read,
    remove: () => rmSync(root, { recursive: true }),
  };
}

function requireTools(): void {
  const missing = ['unshare', 'nginx', 'unzip', 'curl', 'ip'].filter(
    (tool) => spawnSync('bash', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`]).status !== 0,
  );
  if (process.platform === 'linux' && missing.length === 0) return;
  const without = missing.length > 0 ? ` (here without ${missing.join(', ')})` : '';
  throw new Error(
    `The boot test runs on Linux with util-linux, iproute2, nginx, unzip and curl${without}. On Debian and Ubuntu: apt-get install nginx-light unzip curl iproute2`,
  );
}

function namespaces(): string[] {
  const own = ['--mount', '--pid', '--fork', '--kill-child', '--net'];
  return process.getuid?.() === 0 ? own : ['--user', '--map-root-user', ...own];
}

function enterScript(root: string): string {
  return `
set -e
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount --rbind /usr ${root}/usr
mount -t proc proc ${root}/proc
for device in null urandom; do mount --bind /dev/$device ${root}/dev/$device; done
exec chroot ${root} /usr/bin/env -i PATH=/stubs:/usr/sbin:/usr/bin bash /boot
`;
}

function bootScript(requests: readonly string[]): string {
  return `
touch /commands
mkdir -p /var/log
bash /user-data 2>&1 | tee /var/log/cloud-init-output.log
echo "\${PIPESTATUS[0]}" > /exit-code
${requests.map((path, index) => `curl --silent --include http://127.0.0.1${path} > /answer-${index} || true`).join('\n')}
`;
}

function optionsOf(lines: string): Record<string, string> {
  const words = lines.trimEnd().split('\n');
  return Object.fromEntries(
    words.flatMap((word, index) => (word.startsWith('--') ? [[word.slice(2), words[index + 1] ?? '']] : [])),
  );
}
