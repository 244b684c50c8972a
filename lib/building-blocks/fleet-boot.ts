import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { shipLogs, WAIT_FOR_LOGS_AFTER_FAILURE, writeEnvironment, writeFile } from './first-boot';
import type { ServerApplication } from './server-application';

/** The hook at which a new server waits until its first boot has ended well. */
export const BOOT_HOOK = 'first-boot';

/** The hook at which a server that leaves waits until its logs are gone. */
export const LEAVE_HOOK = 'flush-logs';

/** Where an application finds what it needs to know of its surroundings. */
export const APPLICATION_ENVIRONMENT = '/etc/application.env';

const LEAVE_SCRIPT = '/usr/local/bin/leave-group';

/** What the first boot of a fleet's server needs to know. */
export interface FleetBoot {
  readonly application: ServerApplication;
  readonly logGroup: logs.ILogGroup;

  /** What the application finds in /etc/application.env; no secret belongs there. */
  readonly environment: Readonly<Record<string, string>>;

  /** The Auto Scaling group's name. */
  readonly groupName: string;

  /** The command that signals CloudFormation, to which the options that say how the boot ended are appended. */
  readonly signalCommand: string;

  /** Whether a second volume is to be found at /data. */
  readonly hasKeptVolume: boolean;
}

/**
 * The script of a server's first boot: logs first, then the application, then a request to it.
 *
 * Its exit completes the launching hook, so that a server that did not boot well never serves, whatever launched it: the
 * deployment, an instance refresh or scaling. It also signals CloudFormation, which waits for the first servers only.
 */
export function fleetUserData(boot: FleetBoot): ec2.UserData {
  const { application, groupName, logGroup } = boot;
  const userData = ec2.UserData.forLinux();
  userData.addCommands(
    'set -euo pipefail',
    ...METADATA,
    'SERVER_ID=$(metadata instance-id)',
    ...shipLogs(logGroup, application.logs ?? []),
    ...(boot.hasKeptVolume ? MOUNT_KEPT_VOLUME : []),
    ...writeEnvironment(APPLICATION_ENVIRONMENT, { ...boot.environment, AWS_REGION: Aws.REGION }),
    `echo "SERVER_ID=$SERVER_ID" >> ${APPLICATION_ENVIRONMENT}`,
    `echo "SERVER_ZONE=$(metadata placement/availability-zone)" >> ${APPLICATION_ENVIRONMENT}`,
    ...application.commands,
    `curl --fail --silent --show-error --output /dev/null --max-time 5 --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:${application.port}${application.healthCheckPath}`,
    ...leaveService(groupName, application.stopCommands ?? []),
    ...(application.lastCommands ?? []),
  );
  userData.addOnExitCommands(
    WAIT_FOR_LOGS_AFTER_FAILURE,
    'if [ "$exitCode" -eq 0 ]; then result=CONTINUE; else result=ABANDON; fi',
    // Once the stack is there, CloudFormation takes no signal any more; that is no failure of the boot.
    `${boot.signalCommand} --exit-code "$exitCode" --reason "First boot ended with exit code $exitCode; see log group ${logGroup.logGroupName}" || true`,
    // A boot can be over before the hook is active, and its completion is refused then.
    `for attempt in {1..24}; do ${completeHook(BOOT_HOOK, groupName)} --lifecycle-action-result "$result" && break; sleep 5; done`,
  );
  return userData;
}

/** Asks the instance metadata service, version 2. */
const METADATA = [
  'metadata() {',
  "  local token=$(curl --fail --silent --show-error --retry 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)",
  '  curl --fail --silent --show-error --retry 5 --header "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"',
  '}',
];

const MOUNT_KEPT_VOLUME = [
  'mkfs --type xfs /dev/sdf',
  'mkdir --parents /data',
  "echo '/dev/sdf /data xfs defaults,nofail 0 2' >> /etc/fstab",
  'mount /data',
];

/**
 * A service that waits until Auto Scaling wants this server to end, which the instance metadata tells
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html), and then
 * completes the hook itself: nobody waits for its heartbeat to time out. The hook takes a heartbeat only when it is active,
 * and so tells that the load balancer has let go of the server
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/gracefully-handle-instance-termination.html). The CloudWatch
 * agent sends every five seconds; it gets three turns.
 */
function leaveService(groupName: string, stopCommands: readonly string[]): string[] {
  const script = [
    '#!/bin/bash',
    ...METADATA,
    'SERVER_ID=$(metadata instance-id)',
    'until [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; do sleep 5; done',
    `until ${lifecycleAction('record-lifecycle-action-heartbeat', LEAVE_HOOK, groupName)}; do sleep 5; done`,
    ...stopCommands,
    'sleep 15',
    `${completeHook(LEAVE_HOOK, groupName)} --lifecycle-action-result CONTINUE`,
  ];
  const unit = [
    '[Unit]',
    'Description=Lets this server leave its Auto Scaling group',
    '',
    '[Service]',
    `ExecStart=${LEAVE_SCRIPT}`,
    'Restart=on-failure',
    'RestartSec=5',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return [
    ...writeFile(LEAVE_SCRIPT, script.join('\n')),
    `chmod 755 ${LEAVE_SCRIPT}`,
    ...writeFile('/etc/systemd/system/leave-group.service', unit.join('\n')),
    'systemctl enable --now leave-group',
  ];
}

function completeHook(hook: string, groupName: string): string {
  return lifecycleAction('complete-lifecycle-action', hook, groupName);
}

function lifecycleAction(command: string, hook: string, groupName: string): string {
  return `aws autoscaling ${command} --region ${Aws.REGION} --auto-scaling-group-name ${groupName} --lifecycle-hook-name ${hook} --instance-id "$SERVER_ID"`;
}
