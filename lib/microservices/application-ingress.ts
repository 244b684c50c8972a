import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IDependable } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { requestCertificate } from '../building-blocks/domain-name';
import { addLoadBalancerRecord } from '../building-blocks/load-balancer-record';
import { ManagedWebAcl } from '../building-blocks/managed-web-acl';
import type { ApplicationFrontOptions } from './application-options';
import { applyObjects } from './apply-objects';
import { LoadBalancerFinder, loadBalancerTags, RemovalWatch } from './ingress-functions';
import { type IngressRoute, ingressObject } from './kubernetes/ingress';
import { ingressClassObjects } from './kubernetes/ingress-class';
import type { MicroservicesPlatform } from './microservices-platform';

/** Where the load balancer's access logs lie in their bucket. */
const LOG_PREFIX = 'load-balancer';

/** Properties of ApplicationIngress. */
export interface ApplicationIngressProps extends ApplicationFrontOptions {
  readonly platform: MicroservicesPlatform;
  readonly namespace: string;
  readonly routes: readonly IngressRoute[];

  /** The Services to which the routes lead. */
  readonly targets: readonly IDependable[];

  /** What must be there before load balancers are made, and outlives them. */
  readonly after: readonly IDependable[];
}

/**
 * An application's way in: an Ingress, of which a controller in the cluster makes a load balancer.
 *
 * The order is what matters. The Ingress and its Services come before the pods, which get their readiness gate only then. At the
 * end the Ingress goes first; nothing else is deleted before its load balancer is really gone, or else the controller would be
 * away that has to delete it, and the network could not go.
 */
export class ApplicationIngress extends Construct {
  /** The load balancer that the controller has made. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /** Where a browser finds the application. */
  readonly url: string;

  /** What pods wait for. */
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, props: ApplicationIngressProps) {
    super(scope, id);
    const { namespace, platform, routes, targets } = props;
    const { cluster, clusterName, compute, profile, vpc } = platform;
    const certificate = props.certificate ?? requestCertificate(this, 'Certificate', props);
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', { profile, forCloudFront: false });
    const firewall = this.createFirewall(props);
    const ingressClass = applyObjects(
      this,
      'Class',
      cluster,
      Object.values(this.classOf(props, certificate, accessLogs)),
      [...props.after, ...accessLogs.admitLoadBalancers(LOG_PREFIX)],
    );
    const gone = new RemovalWatch(this, 'Removal', { clusterName, vpc, profile });
    // A controller deletes no load balancer of a class that is gone, and nobody deletes a firewall that is in use.
    gone.node.addDependency(ingressClass, ...(firewall ? [firewall] : []));
    const ingress = ingressObject({
      name: namespace,
      namespace,
      application: namespace,
      className: namespace,
      routes,
      https: certificate !== undefined,
      clientRanges: props.clientRanges,
      webAclArn: firewall?.webAcl.attrArn,
    });
    const manifest = applyObjects(this, 'Ingress', cluster, [ingress], [gone, ...targets]);
    const found = new LoadBalancerFinder(this, 'LoadBalancer', {
      clusterName,
      tags: loadBalancerTags(
        compute.ownsLoadBalancers ? 'ingress.eks.amazonaws.com' : 'ingress.k8s.aws',
        namespace,
        namespace,
      ),
      profile,
    });
    found.node.addDependency(manifest);
    this.loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(this, 'Made', {
      loadBalancerArn: found.arn,
      loadBalancerDnsName: found.dnsName,
      loadBalancerCanonicalHostedZoneId: found.canonicalHostedZoneId,
      // The controller's own, which nothing in the stack may refer to: it could not delete it then.
      securityGroupId: '',
    });
    addLoadBalancerRecord(this, props, this.loadBalancer);
    this.url = `${certificate ? 'https' : 'http'}://${props.domainName ?? this.loadBalancer.loadBalancerDnsName}`;
    this.ready = [manifest];
  }

  private classOf(
    { namespace, platform }: ApplicationIngressProps,
    certificate: acm.ICertificate | undefined,
    accessLogs: AccessLogBucket,
  ) {
    const { compute, loadBalancerSubnets, profile, vpc } = platform;
    return ingressClassObjects({
      name: namespace,
      namespace,
      application: namespace,
      loadBalancing: compute.ownsLoadBalancers ? 'autoMode' : 'controller',
      scheme: 'internet-facing',
      subnetIds: vpc.selectSubnets(loadBalancerSubnets).subnetIds,
      certificateArn: certificate?.certificateArn,
      accessLogs: { bucketName: accessLogs.bucket.bucketName, prefix: LOG_PREFIX },
      deletionProtection: profile.deletionProtection,
    });
  }

  private createFirewall({
    clientRanges,
    platform,
    webApplicationFirewall = platform.profile.webApplicationFirewall,
  }: ApplicationIngressProps): ManagedWebAcl | undefined {
    if (clientRanges || !webApplicationFirewall) return undefined;
    return new ManagedWebAcl(this, 'Firewall', { scope: 'REGIONAL' });
  }
}
