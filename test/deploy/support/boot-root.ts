import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const STUBS = join('test', 'deploy', 'boot-stubs');

/** The Node.js of the servers' package, which is linked where that installs it. */
export const NODEJS = resolve('node_modules', 'node', 'bin', 'node');

/** A first boot to be tried. */
export interface Boot {
  readonly userData: string;

  /** What the server can download, by its S3 address. */
  readonly objects: Readonly<Record<string, Uint8Array>>;

  /**
   * What the instance metadata service tells, by path.
   *
   * @default - there is no such service
   */
  readonly metadata?: Readonly<Record<string, string>>;

  /** Packages that the repository does not have today. */
  readonly missingPackages?: readonly string[];

  /** Commands that fail today: 'cfn-signal', or 'aws' with a service. */
  readonly failingCommands?: readonly string[];
}

/** The root folder of a server: an Amazon Linux's file tree with links to the machine's programs, and the stubs. */
export class BootRoot {
  readonly path = mkdtempSync(join(tmpdir(), 'server-'));

  constructor(boot: Boot) {
    const { failingCommands = [], metadata = {}, missingPackages = [], objects, userData } = boot;
    this.makeFolders();
    this.linkPrograms();
    cpSync(STUBS, join(this.path, 'stubs'), { recursive: true });
    copyFileSync(join(STUBS, 'cfn-signal'), join(this.path, 'opt', 'aws', 'bin', 'cfn-signal'));
    for (const [address, content] of Object.entries(objects))
      this.write(join('objects', address.replace('s3://', '')), content);
    for (const [path, value] of Object.entries(metadata)) this.write(join('metadata', path), value);
    this.write('missing-packages', missingPackages.join('\n'));
    this.write('failing-commands', failingCommands.join('\n'));
    this.write('commands', '');
    this.write('user-data', userData, 0o755);
  }

  /** Writes a file of the server. */
  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    mkdirSync(join(this.path, dirname(path)), { recursive: true });
    writeFileSync(join(this.path, path), content);
    chmodSync(join(this.path, path), mode);
  }

  private makeFolders(): void {
    for (const folder of [
      'machine',
      'proc',
      'dev',
      'run',
      'tmp',
      'srv',
      'answers',
      'etc/systemd/system',
      'usr/bin',
      'usr/local/bin',
      'var/log/nginx',
      'var/lib/nginx',
      'opt/aws/bin',
    ]) {
      mkdirSync(join(this.path, folder), { recursive: true });
    }
    for (const file of ['dev/null', 'dev/urandom', 'packages/node']) this.write(file, '');
    symlinkSync('/proc/self/fd', join(this.path, 'dev', 'fd'));
    // nginx drops its rights to a user that a namespace without root of its own could not become.
    this.write('etc/passwd', 'root:x:0:0::/root:/bin/bash\nnginx:x:0:0::/:/bin/false\n');
    this.write('etc/group', 'root:x:0:\nnginx:x:0:\n');
    mkdirSync(join(this.path, 'etc', 'nginx'));
    for (const file of ['nginx/mime.types', 'ld.so.cache'])
      copyFileSync(join('/etc', file), join(this.path, 'etc', file));
  }

  /** Links to the machine's /usr, which is mounted at /machine: what a server adds to /usr is in its own folder. */
  private linkPrograms(): void {
    for (const link of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(join('usr', link), join(this.path, link));
    const own = ['bin', 'local', 'local/bin'];
    for (const folder of ['', 'local', 'bin']) {
      for (const name of readdirSync(join('/usr', folder))) {
        const path = join(folder, name);
        if (!own.includes(path)) symlinkSync(join('/machine', path), join(this.path, 'usr', path));
      }
    }
  }
}
