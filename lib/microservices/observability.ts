import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import type { Profile } from '../profile';
import { type AddonVersions, installAddOn } from './add-on';
import type { Compute } from './compute';
import { createManagedRole } from './managed-role';
import { createNamedLogGroup } from './named-log-group';

/** The namespace and the service account of the add-on's agents. */
const AGENT = { namespace: 'amazon-cloudwatch', serviceAccount: 'cloudwatch-agent' };

/**
 * Where the agent of Application Signals takes traces over HTTP:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals-Enable-EKS.html
 */
export const TRACE_ENDPOINT = `http://${AGENT.serviceAccount}.${AGENT.namespace}:4316`;

/** Properties of ClusterLogs. */
export interface ClusterLogsProps {
  readonly clusterName: string;
  readonly profile: Profile;
}

/**
 * Where pods' output and the cluster's metrics go. CloudWatch's agents would make these groups at the first event, without an end
 * and outside of the stack.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-EKS-logs.html
 */
export class ClusterLogs extends Construct {
  /** The output of all pods. */
  readonly application: logs.ILogGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterLogsProps,
  ) {
    super(scope, id);
    this.application = this.createGroup('application');
  }

  /** All of them, with those that the agents on nodes write besides. */
  addNodeLogs(): logs.ILogGroup[] {
    return [this.application, ...['dataplane', 'host', 'performance'].map((name) => this.createGroup(name))];
  }

  private createGroup(name: string): logs.ILogGroup {
    const { clusterName, profile } = this.props;
    return createNamedLogGroup(this, name, `/aws/containerinsights/${clusterName}/${name}`, profile);
  }
}

/** Properties of ContainerInsights. */
export interface CloudWatchAgentsProps {
  readonly cluster: eks.Cluster;
  readonly clusterName: string;
  readonly compute: Compute;
  readonly logs: ClusterLogs;
  readonly versions: AddonVersions;

  /** Whether metrics of nodes and pods are sent; logs and traces are in any case. */
  readonly containerInsights: boolean;
  readonly monitoring: Monitoring;
}

/**
 * CloudWatch's agents on every node: the pods' output, a collector of traces, and metrics of nodes and pods.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
 */
export class CloudWatchAgents extends Construct {
  /** The add-on. */
  readonly addOn: eks.Addon;

  constructor(scope: Construct, id: string, props: CloudWatchAgentsProps) {
    super(scope, id);
    const { cluster, clusterName, compute, logs: clusterLogs, versions } = props;
    const role = createManagedRole(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com').withSessionTags(),
      policies: ['CloudWatchAgentServerPolicy'],
      why: 'The add-on asks for it by name, and AWS changes it with what the agents send.',
    });
    const association = new eks.CfnPodIdentityAssociation(this, 'Association', {
      clusterName: cluster.clusterName,
      namespace: AGENT.namespace,
      serviceAccount: AGENT.serviceAccount,
      roleArn: role.roleArn,
    });
    this.addOn = installAddOn(this, 'amazon-cloudwatch-observability', {
      cluster,
      versions,
      configuration: props.containerInsights ? undefined : { containerInsights: { enabled: false } },
      // Its pods have the credentials of the association only if they start after it; and they make log groups that they do not find.
      after: [association, ...clusterLogs.addNodeLogs(), ...compute.ready(AGENT.namespace)],
    });
    if (props.containerInsights) addNodeMonitoring(props.monitoring, clusterName);
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html */
function addNodeMonitoring(monitoring: Monitoring, clusterName: string): void {
  const metric = (metricName: string, label: string, statistic = 'Average') =>
    new cloudwatch.Metric({
      namespace: 'ContainerInsights',
      metricName,
      dimensionsMap: { ClusterName: clusterName },
      statistic,
      label,
      period: Duration.minutes(1),
    });
  const failed = metric('cluster_failed_node_count', 'failed', 'Maximum');
  monitoring.addAlarm('NodeFailed', {
    alarmDescription: 'A node has been in trouble for ten minutes, and has not been replaced.',
    metric: failed,
    threshold: 1,
    evaluationPeriods: 10,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'Nodes',
      left: [metric('cluster_node_count', 'nodes'), failed],
      width: 8,
    }),
    new cloudwatch.GraphWidget({
      title: 'CPU of the nodes, percent',
      left: [metric('node_cpu_utilization', 'used'), metric('node_cpu_reserved_capacity', 'reserved')],
      width: 8,
    }),
    new cloudwatch.GraphWidget({
      title: 'Memory of the nodes, percent',
      left: [metric('node_memory_utilization', 'used'), metric('node_memory_reserved_capacity', 'reserved')],
      width: 8,
    }),
  );
}
