import type { ConfigMap, Namespace } from 'kubernetes-types/core/v1';
import { commonLabels } from './labels';

export interface FargateLoggingOptions {
  /** The application that all objects are part of. */
  readonly application: string;
  /** Name of an existing log group: one that Fargate made would have no retention and outlive the stack. */
  readonly logGroupName: string;
  readonly region: string;
}

export interface FargateLoggingObjects {
  readonly namespace: Namespace;
  readonly configMap: ConfigMap;
}

const NAMESPACE = 'aws-observability';

const FILTERS = `[FILTER]
    Name parser
    Match *
    Key_name log
    Parser crio
[FILTER]
    Name kubernetes
    Match kube.*
    Merge_Log On
    Merge_Log_Key log_processed
    Keep_Log Off
    Labels On
    Annotations Off
    Buffer_Size 0
    Kube_Meta_Cache_TTL 300s
`;

const PARSERS = `[PARSER]
    Name crio
    Format Regex
    Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<log>.*)$
    Time_Key time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
`;

/**
 * Sends the logs of all Fargate pods to one log group. A line of JSON becomes the event's `log_processed`, beside
 * `kubernetes` with the pod's names, just as the CloudWatch agent writes them on nodes. Names, label and files are
 * given by AWS; at most 5300 characters; only pods that start afterwards notice a change.
 * https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html
 */
export function fargateLogging(options: FargateLoggingOptions): FargateLoggingObjects {
  const labels = commonLabels(options.application);
  return {
    namespace: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { ...labels, [NAMESPACE]: 'enabled' } },
    },
    configMap: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'aws-logging', namespace: NAMESPACE, labels: { ...labels } },
      data: {
        flb_log_cw: 'false',
        'filters.conf': FILTERS,
        'parsers.conf': PARSERS,
        'output.conf': output(options),
      },
    },
  };
}

function output({ logGroupName, region }: FargateLoggingOptions): string {
  return `[OUTPUT]
    Name cloudwatch_logs
    Match kube.*
    region ${region}
    log_group_name ${logGroupName}
    log_stream_prefix fargate-
    auto_create_group false
`;
}
