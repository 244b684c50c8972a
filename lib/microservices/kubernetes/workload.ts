import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { commonLabels, podsOf } from './labels';
import { podSpec } from './pod';
import type { PodResources } from './pod-resources';
import { deploymentSpec, disruptionBudgetSpec, scalingSpec } from './workload-specs';

/** Where pods run; Fargate pods have a node each, and no choice of it. */
export type PodCompute = 'nodes' | 'fargate';

/** One service of an application. */
export interface Workload {
  /** DNS label; also the name of its Service, and so its address within the namespace. */
  readonly name: string;
  readonly namespace: string;
  /** The application that all objects are part of. */
  readonly application: string;
  /** Image with a tag or digest that never changes. */
  readonly image: string;
  /** Environment variables; no secrets, as everyone who may read a pod reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Port of the public API and of the probes. */
  readonly port: number;
  /**
   * Port of the API for other services only, which no load balancer reaches.
   *
   * @default - none
   */
  readonly internalPort?: number;
  readonly resources: PodResources;
  /** Fewest pods; two or more survive the loss of a zone. */
  readonly minReplicas: number;
  /** Most pods. */
  readonly maxReplicas: number;
  readonly compute: PodCompute;
  /**
   * Zones that have to have nodes before a second pod starts in any of them. Without it, the first node that is ready in
   * a new cluster may get all pods, and they are in one zone until the next release. With it, nothing starts or scales in
   * the other zones while one is lost, so that it is for clusters in three zones. Fargate takes no notice.
   *
   * @default - none
   */
  readonly minZones?: number;
  /**
   * Architecture of the image.
   *
   * @default - any node
   */
  readonly architecture?: 'amd64' | 'arm64';
  /**
   * ARN of a role for the service account (IRSA). Only Fargate needs it: elsewhere EKS Pod Identity gives roles,
   * and with this annotation a pod that starts too early would try both.
   *
   * @default - none
   */
  readonly roleArn?: string;
  /**
   * Seconds that the service has to end its requests once it is told to stop.
   *
   * @default 25
   */
  readonly stopTimeoutSeconds?: number;
}

export interface WorkloadObjects {
  readonly serviceAccount: ServiceAccount;
  readonly service: Service;
  readonly deployment: Deployment;
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly disruptionBudget: PodDisruptionBudget;
}

/**
 * All objects of one service. Apply the service account and the Service first, then the Ingress, and the rest
 * last: pods get their readiness gate only when the load balancer's targets are known.
 */
export function workloadObjects(workload: Workload): WorkloadObjects {
  const metadata = (annotations?: Record<string, string>): ObjectMeta => ({
    name: workload.name,
    namespace: workload.namespace,
    labels: commonLabels(workload.application, workload.name),
    ...(annotations === undefined ? {} : { annotations }),
  });
  return {
    serviceAccount: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(
        workload.roleArn === undefined ? undefined : { 'eks.amazonaws.com/role-arn': workload.roleArn },
      ),
      // No service talks to the Kubernetes API. Tokens for AWS are separate volumes, which EKS adds itself.
      automountServiceAccountToken: false,
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(),
      spec: { type: 'ClusterIP', selector: podsOf(workload.name).matchLabels, ports: servicePorts(workload) },
    },
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(),
      spec: deploymentSpec(workload, podSpec(workload)),
    },
    autoscaler: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata(),
      spec: scalingSpec(workload),
    },
    disruptionBudget: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(),
      spec: disruptionBudgetSpec(workload),
    },
  };
}

/**
 * The network policies of the VPC CNI hold for Services only where a port of the Service has the number and the
 * name of the container's. https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
 */
function servicePorts({ port, internalPort }: Workload): NonNullable<NonNullable<Service['spec']>['ports']> {
  return [
    { name: 'http', port, targetPort: 'http', protocol: 'TCP' },
    ...(internalPort === undefined
      ? []
      : [{ name: 'internal', port: internalPort, targetPort: 'internal', protocol: 'TCP' }]),
  ];
}
