import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Boot, BootRoot, NODEJS } from './boot-root';

/** How long a boot, or the answer to a request, may take. */
const MOST_SECONDS = 60;

/**
 * Runs user data on a root folder of its own: the machine's programs, an Amazon Linux's file tree, and stubs for what
 * is not there (dnf, aws, systemctl, the agents of CloudWatch and CodeDeploy, cfn-signal, the instance metadata service, and
 * S3 for curl). The server has no network but a loopback, its own process ids, and writes nothing outside of the folder.
 * nginx, Node.js, unzip and curl are the real ones. It runs on after its boot, until it is removed or the test ends.
 */
export async function bootServer(boot: Boot): Promise<BootedServer> {
  requireTools();
  const root = new BootRoot(boot);
  const sandbox = spawn('unshare', [...namespaces(), 'bash', '-c', enterScript(root.path, boot)], {
    stdio: 'pipe',
  });
  const server = new BootedServer(root, sandbox);
  try {
    await server.hear('booted');
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}

/** A server after its first boot. */
export class BootedServer {
  private readonly heard = new Set<string>();
  private readonly waiting = new Map<string, () => void>();
  private readonly ended: Promise<unknown>;
  private errors = '';
  private requests = 0;

  constructor(
    private readonly root: BootRoot,
    private readonly sandbox: ChildProcess,
  ) {
    this.ended = once(sandbox, 'exit');
    sandbox.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    if (sandbox.stdout) {
      createInterface({ input: sandbox.stdout }).on('line', (line) => {
        this.heard.add(line);
        this.waiting.get(line)?.();
      });
    }
  }

  get exitCode(): number {
    return Number(this.read('exit-code'));
  }

  /** What the first boot printed. */
  get printed(): string {
    return this.read('var/log/cloud-init-output.log');
  }

  /** The commands that reached a stub until now, in their order. */
  get commands(): string[] {
    return this.read('commands').trimEnd().split('\n');
  }

  /** The arguments of cfn-signal, by option. */
  get signal(): Readonly<Record<string, string>> | undefined {
    return this.has('signal') ? optionsOf(this.read('signal').trimEnd().split('\n')) : undefined;
  }

  /** The answer to a request from the server itself, with headers; empty where nothing answers. */
  async request(url: string): Promise<string> {
    this.requests += 1;
    const name = `answers/${this.requests}`;
    this.sandbox.stdin?.write(`${name} ${url}\n`);
    await this.hear(name);
    return this.read(name);
  }

  /** Reads a file of the server. */
  read(path: string): string {
    return readFileSync(join(this.root.path, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root.path, path));
  }

  /** Writes a file of the server. */
  write(path: string, content: string): void {
    this.root.write(path, content);
  }

  /** Ends the server with all that runs on it. */
  async remove(): Promise<void> {
    // Its first process ends with its input, and the kernel ends the others before unshare hears of it.
    this.sandbox.stdin?.end();
    const limit = setTimeout(() => this.sandbox.kill('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(limit);
    rmSync(this.root.path, { recursive: true });
  }

  /** Waits for a line of the script that runs the server. */
  async hear(line: string): Promise<void> {
    if (this.heard.has(line)) return;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${line}: ${why}\n${this.errors}`));
      const limit = setTimeout(() => fail(`not within ${MOST_SECONDS} s`), MOST_SECONDS * 1_000);
      this.waiting.set(line, () => {
        clearTimeout(limit);
        resolve();
      });
      this.ended.then(() => {
        clearTimeout(limit);
        fail('the sandbox ended before');
      }, reject);
    });
  }
}

/** The options of a command line and their values. */
export function optionsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((word, index) => (word.startsWith('--') ? [[word.slice(2), words[index + 1] ?? '']] : [])),
  );
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

function enterScript(root: string, boot: Boot): string {
  return `
set -e
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
ip address add 169.254.169.254/32 dev lo
mount --rbind /usr ${root}/machine
mount --bind ${NODEJS} ${root}/packages/node
mount -t proc proc ${root}/proc
for device in null urandom; do mount --bind /dev/$device ${root}/dev/$device; done
exec chroot ${root} /usr/bin/env -i PATH=/stubs:/usr/sbin:/usr/bin bash -c '${serverScript(boot)}'
`;
}

/** The server's first process: it boots, and then sends the requests that it reads, each to a file of its own. */
function serverScript({ metadata }: Boot): string {
  return `
${metadata ? METADATA_SERVICE : ''}
bash /user-data > /var/log/cloud-init-output.log 2>&1 < /dev/null
echo $? > /exit-code
echo booted
while read -r answer url; do
  { curl --silent --include --output "/$answer" "$url" || touch "/$answer"; echo "$answer"; } < /dev/null &
done
`;
}

const METADATA_SERVICE = `
coproc METADATA { exec /packages/node /stubs/instance-metadata.mjs; }
read -r -u "\${METADATA[0]}"
`;
