/**
 * The label by which Services, policies and budgets find a service's pods. It never changes with a release:
 * a Deployment's selector can't be changed.
 */
const NAME_LABEL = 'app.kubernetes.io/name';

/** What the objects are part of that belong to no application. */
export const PLATFORM = 'platform';

/**
 * The labels that Kubernetes recommends for every object.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function commonLabels(application: string, name?: string): Record<string, string> {
  return {
    ...(name === undefined ? {} : { [NAME_LABEL]: name }),
    'app.kubernetes.io/part-of': application,
    'app.kubernetes.io/managed-by': 'aws-cdk',
  };
}

/** Selects the pods of one service. */
export function podsOf(name: string): { readonly matchLabels: Record<string, string> } {
  return { matchLabels: { [NAME_LABEL]: name } };
}
