import Ajv2020 from 'ajv/dist/2020';
import eks from '../kubernetes/eks.json';
import kubernetes from '../kubernetes/schemas-1.36/kubernetes.json';
import type { KubernetesObject } from './kubernetes-objects';

// Kubernetes' schemas use formats and keywords of OpenAPI that JSON Schema leaves open.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema([kubernetes, eks]);

const SOURCES = [kubernetes, eks];

/**
 * What keeps an object from being one of Kubernetes 1.36 or of EKS, and the place; unknown kinds and fields are
 * refused.
 */
export function schemaProblems(object: KubernetesObject): string[] {
  const kind = `${object.apiVersion}/${object.kind}`;
  const source = SOURCES.find(({ $defs }) => Object.hasOwn($defs, kind));
  const validate = source && ajv.getSchema(`${source.$id}#/$defs/${kind.replaceAll('/', '~1')}`);
  if (!validate) return [`${kind} is none of the kinds in test/kubernetes`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [`${object.kind} ${object.metadata?.name}${instancePath}`, message, Object.values(params).join()].join(
      ' ',
    ),
  );
}
