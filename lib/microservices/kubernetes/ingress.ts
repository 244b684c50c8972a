import type { HTTPIngressPath, Ingress } from 'kubernetes-types/networking/v1';
import { commonLabels } from './labels';

/**
 * Seconds in which a target that was taken out may end its requests; less than a pod's time to stop.
 */
const DEREGISTRATION_DELAY_SECONDS = 30;

export interface IngressRoute {
  /** Prefix of the paths, `/orders`; the load balancer also takes everything below it. */
  readonly path: string;
  /** Name of the Service, whose port `http` takes the requests. */
  readonly service: string;
}

export interface IngressOptions {
  readonly name: string;
  readonly namespace: string;
  /** The application that all objects are part of. */
  readonly application: string;
  readonly className: string;
  /** In any order: longer paths go first. */
  readonly routes: readonly IngressRoute[];
  /** Whether the class has a certificate: HTTPS on port 443, to which HTTP is redirected. */
  readonly https: boolean;
  /**
   * Security policy of HTTPS.
   *
   * @default ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09
   */
  readonly sslPolicy?: string;
  /**
   * Ranges of the clients.
   *
   * @default - everyone
   */
  readonly clientRanges?: readonly string[];
  /**
   * Web ACL before the load balancer.
   *
   * @default - none
   */
  readonly webAclArn?: string;
}

/**
 * The application's one way in. The annotations are those of the AWS Load Balancer Controller, which EKS Auto Mode
 * shares but for a few: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html,
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export function ingressObject(options: IngressOptions): Ingress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: options.name,
      namespace: options.namespace,
      labels: commonLabels(options.application),
      annotations: annotations(options),
    },
    spec: {
      ingressClassName: options.className,
      rules: [{ http: { paths: [...options.routes].sort(longerFirst).map(backend) } }],
    },
  };
}

function annotations({
  https,
  sslPolicy = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  clientRanges,
  webAclArn,
}: IngressOptions): Record<string, string> {
  const alb = (values: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]),
    );
  return alb({
    'target-type': 'ip',
    'target-group-attributes': `deregistration_delay.timeout_seconds=${DEREGISTRATION_DELAY_SECONDS}`,
    'healthcheck-path': '/readyz',
    'healthcheck-interval-seconds': '10',
    'healthcheck-timeout-seconds': '5',
    'healthy-threshold-count': '2',
    'unhealthy-threshold-count': '2',
    'success-codes': '200',
    ...(https
      ? {
          'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
          'ssl-redirect': '443',
          'ssl-policy': sslPolicy,
        }
      : { 'listen-ports': '[{"HTTP":80}]' }),
    ...(clientRanges === undefined ? {} : { 'inbound-cidrs': clientRanges.join(',') }),
    ...(webAclArn === undefined ? {} : { 'wafv2-acl-arn': webAclArn }),
  });
}

/** The first rule that fits wins at the load balancer, so `/` comes last. */
function longerFirst(one: IngressRoute, other: IngressRoute): number {
  return other.path.length - one.path.length;
}

function backend({ path, service }: IngressRoute): HTTPIngressPath {
  return { path, pathType: 'Prefix', backend: { service: { name: service, port: { name: 'http' } } } };
}
