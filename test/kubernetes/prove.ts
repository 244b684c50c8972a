import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import { deployedPods, type KubernetesObject } from '../support/kubernetes-objects';
import { sampleShop } from '../support/kubernetes-sample';
import { LocalCluster, wait } from './local-cluster';

/** Kinds whose definitions EKS brings along. */
const OF_EKS = ['IngressClassParams', 'NodePool'];

const print = (line: string) => process.stdout.write(`${line}\n`);

function expectThat(what: string, isSo: boolean, found: unknown): void {
  if (!isSo) throw new Error(`${what}: no, but ${JSON.stringify(found)}`);
  print(`ok: ${what} (${JSON.stringify(found)})`);
}

/** The steps of a deployment, without what only EKS knows. */
function stepsOf(compute: Parameters<typeof sampleShop>[0]): KubernetesObject[][] {
  return sampleShop(compute, true, 2)
    .map((step) => step.filter(({ kind = '' }) => !OF_EKS.includes(kind)))
    .filter((step) => step.length > 0);
}

/** What a shop of six services on nodes does in a real Kubernetes. */
class Shop {
  private readonly objects = stepsOf('autoMode');

  constructor(private readonly cluster: LocalCluster) {}

  list<Item>(kind: string): Item[] {
    const { stdout } = this.cluster.kubectl(['get', kind, '--namespace=shop', '--output=json']);
    return JSON.parse(stdout).items;
  }

  async deploy(): Promise<void> {
    const warnings = this.objects.map((step) => this.cluster.apply(step)).join('');
    expectThat('all objects are accepted without a warning', warnings === '', warnings);
    await wait('two pods of each service', () => this.list<Pod>('pods').filter(isReady).length === 12);
    const zones = this.list<Pod>('pods').map(
      ({ metadata, spec }) =>
        `${metadata?.labels?.['app.kubernetes.io/name']} ${Number(spec?.nodeName?.at(-1)) % 2}`,
    );
    expectThat('each service has pods in two zones', new Set(zones).size === 12, new Set(zones).size);
  }

  switchTo(compute: 'nodeGroup' | 'fargate'): void {
    const warnings = stepsOf(compute)
      .map((step) => this.cluster.apply(step))
      .join('');
    expectThat(`all objects for ${compute} are accepted without a warning, too`, warnings === '', warnings);
  }

  /** Without metrics an autoscaler only keeps to its limits, so that its least is what it has. */
  async scale(replicas: number): Promise<void> {
    const scalers = this.objects.flat().filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const patch = JSON.stringify({ spec: { minReplicas: replicas } });
    for (const { metadata } of scalers) {
      this.cluster.kubectl(['patch', 'hpa', metadata?.name ?? '', '--namespace=shop', `--patch=${patch}`]);
    }
    await wait('the greatest scale', () => this.list<Pod>('pods').filter(isReady).length === 6 * replicas);
  }

  async release(version: number): Promise<void> {
    const images = structuredClone(this.objects.flat());
    for (const { pod } of deployedPods(images)) {
      for (const container of pod.containers) container.image = `registry/shop:${version}`;
    }
    const start = performance.now();
    this.cluster.apply(images);
    let most = 0;
    await wait('the rolling update of all services', () => {
      most = Math.max(most, this.list<Pod>('pods').length);
      return this.list<Deployment>('deployments').every(isUpdated);
    });
    const seconds = Math.round((performance.now() - start) / 1000);
    const replicas = this.list<Deployment>('deployments').map(({ spec }) => spec?.replicas);
    expectThat(
      'an apply leaves the number of pods to the autoscaler',
      replicas.every((each) => each === 6),
      replicas,
    );
    const events = this.list<{ readonly reason?: string; readonly message?: string }>('events');
    // A conflict of two writers is another reason, and is tried again at once.
    const refused = events
      .filter(({ reason, message }) => reason === 'FailedCreate' && message?.includes('exceeded quota'))
      .map(({ message }) => message);
    expectThat('a rolling update of all services fits in', refused.length === 0, { refused, most, seconds });
  }

  drain(node: string): void {
    const { status, stderr } = this.cluster.kubectl([
      'drain',
      node,
      '--delete-emptydir-data',
      '--ignore-daemonsets',
      '--timeout=300s',
    ]);
    const held = stderr.split('\n').filter((line) => line.includes('disruption budget')).length;
    expectThat('a node is drained, one pod of a service at a time', status === 0 && held > 0, {
      status,
      held,
    });
    this.cluster.kubectl(['uncordon', node]);
  }

  refuses(what: string, object: KubernetesObject & { readonly spec: unknown }, reason: string): void {
    const namespaced = { ...object, metadata: { name: 'refused', namespace: 'shop' } };
    const { status, stderr } = this.cluster.kubectl(['create', '-f', '-'], JSON.stringify(namespaced));
    expectThat(`${what} is refused`, status !== 0 && stderr.includes(reason), reason);
  }
}

function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
  return ready === true && metadata?.deletionTimestamp === undefined;
}

function isUpdated({ metadata, spec, status }: Deployment): boolean {
  const numbers = [status?.updatedReplicas, status?.availableReplicas, status?.replicas];
  return (
    status?.observedGeneration === metadata?.generation &&
    numbers.every((number) => number === spec?.replicas)
  );
}

async function prove(cluster: LocalCluster): Promise<void> {
  await cluster.start(4);
  const shop = new Shop(cluster);
  await shop.deploy();
  await shop.scale(6);
  await shop.release(2);
  await pause(30_000);
  shop.drain('node-0');
  shop.switchTo('nodeGroup');
  shop.switchTo('fargate');
  const container = { name: 'refused', image: 'registry/refused:1' };
  const privileged = { ...container, securityContext: { privileged: true } };
  const pod = { apiVersion: 'v1', kind: 'Pod' };
  shop.refuses(
    'a pod that does not say how it is restricted',
    { ...pod, spec: { containers: [container] } },
    'violates PodSecurity',
  );
  shop.refuses('a privileged pod', { ...pod, spec: { containers: [privileged] } }, 'violates PodSecurity');
  for (const type of ['NodePort', 'LoadBalancer']) {
    const service = { apiVersion: 'v1', kind: 'Service', spec: { type, ports: [{ port: 80 }] } };
    shop.refuses(`a Service of type ${type}`, service, 'exceeded quota');
  }
}

const [binaries] = process.argv.slice(2);
if (binaries === undefined) throw new Error('Name the folder of the binaries; see real-api-server.md.');
const cluster = new LocalCluster(binaries);
prove(cluster)
  .finally(() => cluster.stop())
  .catch((error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
  });
