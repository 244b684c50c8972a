import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Monitoring } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import { KUBERNETES } from '../building-blocks/versions';
import { PRODUCTION, type Profile } from '../profile';
import { AUTO_MODE_POLICIES, AutoModeCompute, autoModeShape } from './auto-mode';
import { checkPlatform, MOST_NODES } from './check-platform';
import type { Compute } from './compute';
import { FargateCompute } from './fargate';
import { BARE_CLUSTER, CLUSTER_POLICIES, defaultMinSize, NodeGroupCompute } from './node-group';
import { CloudWatchAgents, ClusterLogs, TRACE_ENDPOINT } from './observability';
import { PlatformCluster } from './platform-cluster';
import { PlatformNetwork } from './platform-network';
import type { MicroservicesPlatformProps } from './platform-options';
import { DEFAULT_SERVICE_RANGE } from './service-range';

/** A Kubernetes on which services of many teams run: control plane, compute, load balancing, logs and metrics. */
export class MicroservicesPlatform extends Construct {
  /** The network. */
  readonly vpc: ec2.IVpc;

  /** Where load balancers stand. */
  readonly loadBalancerSubnets: ec2.SubnetSelection;

  /** The cluster. */
  readonly cluster: eks.Cluster;

  /** Its name, known at synthesis. */
  readonly clusterName: string;

  /** The minor version of Kubernetes, 36 for 1.36. */
  readonly kubernetesMinor: number;

  /** Where pods run, and what follows from it. */
  readonly compute: Compute;

  /** The range of the addresses of Kubernetes' services. */
  readonly serviceIpv4Cidr: string;

  /** The ranges of interface endpoints, which pods may reach. */
  readonly interfaceEndpointRanges: readonly string[];

  /** The output of all pods, as CloudWatch's events `{ log_processed, kubernetes }`. */
  readonly applicationLog: logs.ILogGroup;

  /** Where pods may send traces (OTLP over HTTP), where somebody takes them. */
  readonly traceEndpoint?: string;

  /** The alarms' topic and the dashboard, to which applications add theirs. */
  readonly monitoring: Monitoring;

  /** What the platform trades between safety and cost. */
  readonly profile: Profile;

  private readonly namespaces = new Set<string>();

  constructor(scope: Construct, id: string, props: MicroservicesPlatformProps = {}) {
    super(scope, id);
    const problems = new Problems(this);
    checkPlatform(props, problems);
    problems.throwIfAny();

    const { addonVersions: versions = {}, profile = PRODUCTION } = props;
    const containerInsights = props.containerInsights ?? profile.detailedMonitoring;
    const kind = props.compute ?? 'autoMode';
    this.profile = profile;
    this.kubernetesMinor = Number((props.version ?? KUBERNETES).version.split('.')[1]);
    this.serviceIpv4Cidr = props.serviceIpv4Cidr ?? DEFAULT_SERVICE_RANGE;
    this.interfaceEndpointRanges = props.interfaceEndpointRanges ?? [];
    const network = new PlatformNetwork(this, 'Network', { ...props, profile });
    this.vpc = network.vpc;
    this.loadBalancerSubnets = network.loadBalancerSubnets;
    const control = new PlatformCluster(this, 'ControlPlane', {
      ...props,
      vpc: network.vpc,
      nodeSubnets: network.nodeSubnets,
      shape: kind === 'autoMode' ? autoModeShape(this) : BARE_CLUSTER,
      policies: kind === 'autoMode' ? AUTO_MODE_POLICIES : CLUSTER_POLICIES,
      serviceIpv4Cidr: this.serviceIpv4Cidr,
      supportType: props.supportType ?? 'STANDARD',
      profile,
    });
    this.cluster = control.cluster;
    this.clusterName = control.clusterName;
    const clusterLogs = new ClusterLogs(this, 'Logs', { clusterName: this.clusterName, profile });
    this.applicationLog = clusterLogs.application;
    this.compute = this.createCompute(props, network.nodeSubnets);
    this.monitoring = new Monitoring(this, 'Monitoring', props);
    if (kind === 'fargate') return;
    this.traceEndpoint = TRACE_ENDPOINT;
    new CloudWatchAgents(this, 'CloudWatch', {
      cluster: this.cluster,
      clusterName: this.clusterName,
      compute: this.compute,
      logs: clusterLogs,
      versions,
      containerInsights,
      monitoring: this.monitoring,
    });
  }

  /**
   * Takes a namespace for one application, which makes it and deletes it.
   *
   * @returns whether it was free; another application of the platform may have it
   */
  takeNamespace(namespace: string): boolean {
    const isFree = !this.namespaces.has(namespace);
    this.namespaces.add(namespace);
    return isFree;
  }

  private createCompute(props: MicroservicesPlatformProps, nodeSubnets: ec2.SubnetSelection): Compute {
    const common = { cluster: this.cluster, nodeSubnets, versions: props.addonVersions ?? {} };
    const {
      cpuLimit = 16,
      instanceTypes = [DEFAULT_INSTANCE_TYPE],
      minSize = defaultMinSize(this.profile),
      maxSize = Math.min(minSize + 1, MOST_NODES),
    } = props;
    if (props.compute === 'fargate') {
      return new FargateCompute(this, 'Compute', { ...common, logGroup: this.applicationLog });
    }
    if (props.compute === 'nodeGroup') {
      return new NodeGroupCompute(this, 'Compute', {
        ...common,
        instanceTypes,
        minSize,
        maxSize,
        version: props.version ?? KUBERNETES,
      });
    }
    return new AutoModeCompute(this, 'Compute', { ...common, cpuLimit, burstable: !this.profile.multiAz });
  }
}

/** Two vCPUs and 8 GiB. */
const DEFAULT_INSTANCE_TYPE = ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.LARGE);
