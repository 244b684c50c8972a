import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { commonLabels } from './labels';
import type { LoadBalancing } from './namespace';

interface KeyAndValue {
  readonly key: string;
  readonly value: string;
}

/**
 * Parameters of the load balancers of a class; `kubernetes-types` knows Kubernetes' own kinds only.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html (eks.amazonaws.com/v1),
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/ (elbv2.k8s.aws)
 */
export interface IngressClassParams {
  readonly apiVersion: 'eks.amazonaws.com/v1' | 'elbv2.k8s.aws/v1beta1';
  readonly kind: 'IngressClassParams';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly scheme: 'internet-facing' | 'internal';
    readonly subnets?: { readonly ids: readonly string[] };
    readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly ipAddressType?: 'ipv4' | 'dualstack';
    readonly loadBalancerAttributes?: readonly KeyAndValue[];
    readonly tags?: readonly KeyAndValue[];
    /** Of EKS Auto Mode. */
    readonly certificateARNs?: readonly string[];
    /** Of the AWS Load Balancer Controller. */
    readonly certificateArn?: readonly string[];
  };
}

export interface IngressClassOptions {
  /**
   * Name of the class. Kubernetes refuses another controller for an existing class, so the classes of EKS Auto Mode
   * and of the AWS Load Balancer Controller need different names where a cluster may change from one to the other.
   */
  readonly name: string;
  /** The application that all objects are part of. */
  readonly application: string;
  readonly loadBalancing: LoadBalancing;
  readonly scheme: 'internet-facing' | 'internal';
  /** Subnets of the load balancer, one in each of two zones or more. */
  readonly subnetIds: readonly string[];
  /** The only namespace whose Ingresses may use the class. */
  readonly namespace: string;
  /**
   * Certificate for HTTPS.
   *
   * @default - HTTP only
   */
  readonly certificateArn?: string;
  /**
   * Bucket and prefix of the access logs.
   *
   * @default - no access logs
   */
  readonly accessLogs?: { readonly bucketName: string; readonly prefix: string };
  /**
   * Whether nobody may delete the load balancer, which then also keeps its Ingress and so the whole stack.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;
  /**
   * Tags of the load balancer. EKS Auto Mode needs a right for each of them in the cluster's role:
   * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop
   *
   * @default - none but the controller's own
   */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface IngressClassObjects {
  readonly parameters: IngressClassParams;
  readonly ingressClass: IngressClass;
}

const APIS = {
  autoMode: {
    group: 'eks.amazonaws.com',
    version: 'eks.amazonaws.com/v1',
    controller: 'eks.amazonaws.com/alb',
  },
  controller: { group: 'elbv2.k8s.aws', version: 'elbv2.k8s.aws/v1beta1', controller: 'ingress.k8s.aws/alb' },
} as const;

/**
 * A class of Ingresses and the parameters of its load balancers. What is set here no Ingress can set otherwise.
 * Delete them after the last Ingress: a controller without its class can't clean up.
 */
export function ingressClassObjects(options: IngressClassOptions): IngressClassObjects {
  const api = APIS[options.loadBalancing];
  const metadata = (): ObjectMeta => ({ name: options.name, labels: commonLabels(options.application) });
  return {
    parameters: {
      apiVersion: api.version,
      kind: 'IngressClassParams',
      metadata: metadata(),
      spec: {
        scheme: options.scheme,
        ipAddressType: 'ipv4',
        subnets: { ids: [...options.subnetIds] },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': options.namespace } },
        loadBalancerAttributes: keysAndValues(attributes(options)),
        ...(options.tags === undefined ? {} : { tags: keysAndValues(options.tags) }),
        ...certificates(options),
      },
    },
    ingressClass: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: metadata(),
      spec: {
        controller: api.controller,
        parameters: { apiGroup: api.group, kind: 'IngressClassParams', name: options.name },
      },
    },
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes */
function attributes({ accessLogs, deletionProtection = false }: IngressClassOptions): Record<string, string> {
  return {
    'deletion_protection.enabled': String(deletionProtection),
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    ...(accessLogs === undefined
      ? { 'access_logs.s3.enabled': 'false' }
      : {
          'access_logs.s3.enabled': 'true',
          'access_logs.s3.bucket': accessLogs.bucketName,
          'access_logs.s3.prefix': accessLogs.prefix,
        }),
  };
}

function certificates({
  certificateArn,
  loadBalancing,
}: IngressClassOptions): Partial<IngressClassParams['spec']> {
  if (certificateArn === undefined) return {};
  return loadBalancing === 'autoMode'
    ? { certificateARNs: [certificateArn] }
    : { certificateArn: [certificateArn] };
}

const keysAndValues = (values: Readonly<Record<string, string>>): KeyAndValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));
