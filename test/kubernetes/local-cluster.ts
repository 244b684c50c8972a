import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fakeNode, STAGES } from './fake-nodes';

/** Waits, looking once a second. */
export async function wait(what: string, isSo: () => boolean, seconds = 120): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    if (isSo()) return;
    await pause(1000);
  }
  throw new Error(`${what}: not within ${seconds} seconds`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('there is no free port');
  return address.port;
}

/**
 * Kubernetes' own servers on this machine, with nodes that only say that they run their pods.
 *
 * Everything is in a temporary folder and on free ports of 127.0.0.1, and goes when it is stopped.
 */
export class LocalCluster {
  private readonly folder = mkdtempSync(join(tmpdir(), 'local-cluster-'));
  private readonly processes: ChildProcess[] = [];

  /** @param binaries folder with etcd, Kubernetes' servers, kubectl and kwok; see real-api-server.md */
  constructor(private readonly binaries: string) {}

  /** Starts the servers and the given number of nodes, half of them in each of two zones. */
  async start(nodes: number): Promise<void> {
    const [clients, peers, api] = [await freePort(), await freePort(), await freePort()];
    const token = randomBytes(16).toString('hex');
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const kubeconfig = this.write('kubeconfig', JSON.stringify(configOf(api, token)));
    const key = this.write('service-accounts.key', keys.privateKey);
    this.run('etcd', {
      'data-dir': join(this.folder, 'etcd'),
      'listen-client-urls': `http://127.0.0.1:${clients}`,
      'advertise-client-urls': `http://127.0.0.1:${clients}`,
      'listen-peer-urls': `http://127.0.0.1:${peers}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peers}`,
      'initial-cluster': `default=http://127.0.0.1:${peers}`,
    });
    this.run('kube-apiserver', {
      'etcd-servers': `http://127.0.0.1:${clients}`,
      'bind-address': '127.0.0.1',
      'secure-port': api,
      'cert-dir': join(this.folder, 'certificates'),
      'token-auth-file': this.write('tokens.csv', `${token},admin,admin,system:masters\n`),
      'authorization-mode': 'RBAC',
      // Or else it is this server, and not the namespace, that refuses privileged pods.
      'allow-privileged': true,
      'service-account-key-file': this.write('service-accounts.pub', keys.publicKey),
      'service-account-signing-key-file': key,
      'service-account-issuer': 'https://localhost',
      'service-cluster-ip-range': '172.20.0.0/16',
      'endpoint-reconciler-type': 'none',
    });
    await wait('the API server', () => this.kubectl(['get', '--raw', '/readyz']).status === 0);
    const controller = { kubeconfig, 'leader-elect': false, 'secure-port': 0 };
    this.run('kube-controller-manager', { ...controller, 'service-account-private-key-file': key });
    this.run('kube-scheduler', controller);
    this.run('kwok', {
      kubeconfig,
      config: this.write('stages.yaml', STAGES),
      'manage-all-nodes': true,
      'node-lease-duration-seconds': 40,
    });
    this.apply(Array.from({ length: nodes }, (_, index) => fakeNode(index)));
    await wait('the nodes', () => !this.kubectl(['describe', 'nodes']).stdout.includes('NoSchedule'));
  }

  /** Calls kubectl as the administrator. */
  kubectl(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
    const command = [`--kubeconfig=${join(this.folder, 'kubeconfig')}`, ...args];
    return spawnSync(join(this.binaries, 'kubectl'), command, { encoding: 'utf8', input });
  }

  /**
   * Applies objects as a deployment of the stack does.
   *
   * @returns what kubectl has to say against them: nothing, or warnings
   * @throws where one is refused
   */
  apply(objects: readonly unknown[]): string {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const { status, stderr } = this.kubectl(['apply', '-f', '-'], list);
    if (status !== 0) throw new Error(stderr);
    return stderr;
  }

  async stop(): Promise<void> {
    // The store last, which the others would look for in vain.
    for (const child of this.processes.reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(name: string, content: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  private run(name: string, flags: Readonly<Record<string, string | number | boolean>>): void {
    const log = openSync(join(this.folder, `${name}.log`), 'w');
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    this.processes.push(spawn(join(this.binaries, name), args, { stdio: ['ignore', log, log] }));
  }
}

function configOf(port: number, token: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'local', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  };
}
