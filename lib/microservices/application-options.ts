import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as route53 from 'aws-cdk-lib/aws-route53';

/** A port of another service that a service calls. */
export interface CalledPort {
  /** The name of the other service. */
  readonly service: string;

  /** Its port: the public or the internal one. */
  readonly port: number;
}

/** One service of an application: an image, and what it may do. */
export interface ApplicationServiceOptions {
  /** The image, with a tag that is never given to another one, or a digest. 'latest' is rejected. */
  readonly image: string;

  /**
   * The port of its public API, which also answers the probes `/healthz` and `/readyz`: 1024 to 65535. The service gets it as the
   * variable `PORT`.
   *
   * @default 8080
   */
  readonly port?: number;

  /**
   * The port of its API for other services, which no load balancer reaches: 1024 to 65535. The service gets it as the variable
   * `INTERNAL_PORT`.
   *
   * @default - none
   */
  readonly internalPort?: number;

  /**
   * The beginnings of the paths that the load balancer leads to it.
   *
   * @default - none: nobody outside of the namespace reaches it
   */
  readonly paths?: readonly string[];

  /**
   * Whom it calls in the namespace. Where network policies are enforced it reaches nobody else there.
   *
   * @default - nobody
   */
  readonly calls?: readonly CalledPort[];

  /**
   * Its environment variables, besides `PORT`, `INTERNAL_PORT`, `AWS_REGION` and `OTEL_EXPORTER_OTLP_ENDPOINT`. No secrets: whoever
   * may read a pod reads them.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Gives its role what it may do in AWS.
   *
   * @default - nothing
   */
  readonly grantTo?: (role: iam.IRole) => void;

  /**
   * The CPU that is kept for each pod, in thousandths of a core, 10 to 16000. The autoscaler adds pods above 60 percent of it. A pod may
   * use twice as much; on Fargate, where a pod has a machine of its own, as much.
   *
   * @default 250, without Multi-AZ 100
   */
  readonly cpu?: number;

  /**
   * The memory of each pod in MiB, 64 to 114688. A pod that takes more is killed.
   *
   * @default 256
   */
  readonly memory?: number;

  /**
   * The fewest pods, 1 or more. Two survive the loss of a zone.
   *
   * @default 2, without Multi-AZ 1
   */
  readonly minReplicas?: number;

  /**
   * The most pods, `minReplicas` to 100.
   *
   * @default - twice minReplicas, 100 at most
   */
  readonly maxReplicas?: number;
}

/** How people reach an application. */
export interface ApplicationFrontOptions {
  /**
   * The ranges of those who may use it, IPv4 in CIDR notation, up to 30: your offices'.
   *
   * @default - everyone
   */
  readonly clientRanges?: string[];

  /**
   * The application's fully qualified name, without a dot at its end. Required with `hostedZone`, in which it must lie.
   *
   * @default - the load balancer's own name, over HTTP
   */
  readonly domainName?: string;

  /**
   * The zone that holds the application's record and, without `certificate`, proves the certificate: a public one. Required with
   * `domainName`.
   *
   * @default - no record
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The certificate for `domainName`, of the stack's region. Rejected without `domainName`.
   *
   * @default - one is requested with `domainName`, and proven in `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether AWS WAF stands before the load balancer. With `clientRanges` there is none.
   *
   * @default - what the profile says
   */
  readonly webApplicationFirewall?: boolean;
}
