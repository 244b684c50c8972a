import type { ConfigMap } from 'kubernetes-types/core/v1';
import { commonLabels } from './labels';

/**
 * Makes EKS Auto Mode enforce network policies: without it they are accepted and do nothing.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 */
export function networkPolicyController(application: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system', labels: commonLabels(application) },
    data: { 'enable-network-policy-controller': 'true' },
  };
}
