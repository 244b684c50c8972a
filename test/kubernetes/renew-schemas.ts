import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kinds that the tests validate, and the wheel's file of each. */
const KINDS = {
  'apps/v1/Deployment': 'deployment-apps-v1',
  'autoscaling/v2/HorizontalPodAutoscaler': 'horizontalpodautoscaler-autoscaling-v2',
  'networking.k8s.io/v1/Ingress': 'ingress-networking-v1',
  'networking.k8s.io/v1/IngressClass': 'ingressclass-networking-v1',
  'networking.k8s.io/v1/NetworkPolicy': 'networkpolicy-networking-v1',
  'policy/v1/PodDisruptionBudget': 'poddisruptionbudget-policy-v1',
  'v1/ConfigMap': 'configmap-v1',
  'v1/LimitRange': 'limitrange-v1',
  'v1/Namespace': 'namespace-v1',
  'v1/ResourceQuota': 'resourcequota-v1',
  'v1/Service': 'service-v1',
  'v1/ServiceAccount': 'serviceaccount-v1',
} as const;

const DEFINITIONS = '/api/_definitions.json#/$defs/';

type Schema = Readonly<Record<string, unknown>>;

/** Prose, and what would make a schema a document of its own. */
const DROPPED = ['description', '$id', '$schema'];

/** A schema without its prose, and with its references turned to the one file. */
function compact(value: unknown, insideProperties = false): unknown {
  if (Array.isArray(value)) return value.map((each) => compact(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A property may have the name of a keyword.
      .filter(([key]) => insideProperties || !(DROPPED.includes(key) || key.startsWith('x-')))
      .map(([key, each]) => [
        key,
        key === '$ref' && typeof each === 'string'
          ? each.replace(DEFINITIONS, '#/$defs/')
          : compact(each, key === 'properties' && !insideProperties),
      ]),
  );
}

function referencesOf(schema: unknown): string[] {
  return [...JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name = '']) => name);
}

function main(folder: string): void {
  const read = (file: string): Schema => JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
  const all = read('_definitions').$defs as Schema;
  const $defs: Record<string, unknown> = {};
  const kinds = Object.fromEntries(Object.entries(KINDS).map(([kind, file]) => [kind, compact(read(file))]));
  const wanted = referencesOf(kinds);
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (Object.hasOwn($defs, name)) continue;
    if (!Object.hasOwn(all, name)) throw new Error(`${folder} has no definition of ${name}`);
    $defs[name] = compact(all[name]);
    wanted.push(...referencesOf($defs[name]));
  }
  const sorted = Object.fromEntries(Object.entries($defs).sort(([one], [other]) => one.localeCompare(other)));
  writeFileSync(
    'test/kubernetes/schemas-1.36/kubernetes.json',
    `${JSON.stringify({ $id: 'kubernetes', $defs: { ...sorted, ...kinds } }, undefined, 2)}\n`,
  );
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the unpacked schemas; see README.md.');
main(folder);
