import { rmSync } from 'node:fs';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { MicroservicesStack } from '../../lib/microservices/microservices-stack';
import { SANDBOX } from '../../lib/profile';
import { connect } from './support/aws';
import { bootstrap, deploy, destroy, emulatorEnvironment, type Outputs } from './support/cli';
import { controlOf, type KnownCluster } from './support/control';
import { takeInventory } from './support/inventory';
import { timed } from './support/progress';
import { explain } from './support/stacks';
import { DEFAULT_REGION, type SynthesizedApp, synthesizeApp } from './support/units';
import { SERVICES } from './uses/support/shop';

// The inventory is taken of an account where nobody else deploys at the same time.
const ACCOUNT = '000000000003';
const emulator = inject('emulator');
const env = emulatorEnvironment(emulator, DEFAULT_REGION, ACCOUNT);
const aws = connect(emulator, DEFAULT_REGION, ACCOUNT);
const KINDS = { Fargate: 'fargate', Servers: 'nodeGroup' } as const;
const NAMES = Object.keys(KINDS);
const step = <T>(what: string, act: () => Promise<T>) => timed('Platforms', what, act);

let app: SynthesizedApp;
let before: Set<string>;
let outputs: Outputs;
let clusters: KnownCluster[];

beforeAll(async () => {
  app = synthesizeApp((parent) => {
    for (const [id, compute] of Object.entries(KINDS))
      new MicroservicesStack(parent, id, { profile: SANDBOX, compute });
  });
  await step('bootstrapped', () => bootstrap(emulator, DEFAULT_REGION, ACCOUNT));
  before = await takeInventory(aws);
  const deployed = await step('deployed', () => deploy(app.folder, NAMES, env)).catch(
    async (error: unknown) => {
      for (const name of NAMES) process.stderr.write(`${await explain(aws, name, emulator)}\n`);
      throw error;
    },
  );
  outputs = deployed.outputs;
  clusters = (await controlOf(emulator).clusters()).filter(({ account }) => account === ACCOUNT);
});

afterAll(() => {
  if (app) rmSync(app.folder, { recursive: true });
});

test.each(NAMES)(
  '%s: the controller is there before the first ingress, which gets its load balancer',
  (name) => {
    const { history, loadBalancers, releases } = clusterOf(name);
    expect(releases).toMatchObject([{ name: 'aws-load-balancer-controller', namespace: 'kube-system' }]);
    const acts = history.map(({ act, kind }) => `${act} ${kind}`);
    expect(acts.indexOf('installed Release')).toBeLessThan(acts.indexOf('created Ingress'));
    const [, , loadBalancerName = 'none'] = loadBalancers[0]?.split('/') ?? [];
    expect(outputs[name]?.SiteUrl).toContain(`http://${loadBalancerName}-`);
  },
);

test('pods without servers get their roles by the issuer of their cluster', async () => {
  const { podIdentityAssociations } = clusterOf('Fargate');
  expect(podIdentityAssociations).toEqual([]);
  const { Roles = [] } = await aws.iam.send(new ListRolesCommand({ MaxItems: 1000 }));
  const documents = Roles.map(({ AssumeRolePolicyDocument = '' }) =>
    decodeURIComponent(AssumeRolePolicyDocument),
  );
  for (const service of SERVICES) {
    const trusting = documents.filter((document) =>
      document.includes(`system:serviceaccount:shop:${service}"`),
    );
    expect(trusting, service).toHaveLength(1);
    expect(trusting[0], service).toContain(':oidc-provider/');
  }
});

test('pods on servers get their roles by EKS', () => {
  const { nodeGroups, podIdentityAssociations } = clusterOf('Servers');
  expect(nodeGroups).toMatchObject([{ amiType: 'AL2023_ARM_64_STANDARD' }]);
  const accounts = podIdentityAssociations.map(({ serviceAccount }) => serviceAccount);
  expect(accounts).toEqual(expect.arrayContaining(SERVICES));
});

test('both are destroyed, and nothing is left', async () => {
  await step('destroyed', () => destroy(app.folder, NAMES, env));
  expect([...(await takeInventory(aws))].filter((item) => !before.has(item))).toEqual([]);
});

function clusterOf(name: string): KnownCluster {
  const found = clusters.find(({ cluster }) => cluster.name.startsWith(name));
  if (!found) throw new Error(`${name} has no cluster`);
  return found;
}
