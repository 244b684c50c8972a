import type * as logs from 'aws-cdk-lib/aws-logs';

/** A log file of a server, and the stream that it goes to. */
export interface ShippedLog {
  readonly path: string;

  /** The stream's name after the instance's id and a slash. */
  readonly stream: string;
}

/** Every server's own: what its first boot printed. */
const BOOT_LOG: ShippedLog = { path: '/var/log/cloud-init-output.log', stream: 'boot' };

const AGENT = '/opt/aws/amazon-cloudwatch-agent';

/**
 * Commands that install the CloudWatch agent and start it on the boot's own log and the given ones. They come first in
 * a boot, so that a failure of all that follows is found in CloudWatch Logs.
 */
export function shipLogs(logGroup: logs.ILogGroup, files: readonly ShippedLog[]): string[] {
  const config = {
    logs: {
      logs_collected: {
        files: {
          collect_list: [BOOT_LOG, ...files].map(({ path, stream }) => ({
            file_path: path,
            log_group_name: logGroup.logGroupName,
            log_stream_name: `{instance_id}/${stream}`,
          })),
        },
      },
    },
  };
  return [
    'dnf install -y amazon-cloudwatch-agent',
    ...writeFile(`${AGENT}/etc/site.json`, JSON.stringify(config, null, 2)),
    `${AGENT}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${AGENT}/etc/site.json`,
  ];
}

/** Commands that write a text into a file, as it is: the shell replaces nothing in it. */
export function writeFile(path: string, text: string): string[] {
  return [`cat > ${path} <<'END_OF_FILE'`, text, 'END_OF_FILE'];
}

/** Commands that write what an application finds in its environment; no secret belongs there. */
export function writeEnvironment(path: string, environment: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return writeFile(path, lines.join('\n'));
}

/**
 * The command that, after a failure, waits until the CloudWatch agent has sent the log, which it does every five seconds
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html),
 * since what follows ends the instance at once. It goes into the commands of a boot's exit.
 */
export const WAIT_FOR_LOGS_AFTER_FAILURE = 'if [ "$exitCode" -ne 0 ]; then sleep 15; fi';
