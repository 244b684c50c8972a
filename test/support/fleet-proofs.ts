import { Duration, type Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { expect } from 'vitest';
import type { ServerApplication } from '../../lib/building-blocks/server-application';
import type { ServerFleetOptions } from '../../lib/building-blocks/server-fleet-options';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { resourcesOf, type StackTemplate, theOnly } from './apps';
import { OWN_APPLICATION } from './bad-input';
import {
  fileIn,
  firstBootOf,
  groupOf,
  permissionsOf,
  serverOf,
  serverRoleOf,
  textOf,
  tiersOf,
} from './fleet';
import { allowedConnections } from './network';
import { callsOf } from './shell';

/** The logical id of the log group that the servers write. */
function serverLogOf(template: StackTemplate): string {
  const [id = ''] = Object.keys(resourcesOf(template, 'AWS::Logs::LogGroup')).filter((each) =>
    /ServersLogGroup[0-9A-F]{8}$/.test(each),
  );
  return id;
}

/** The servers take IMDSv2 only, and have one encrypted gp3 volume and no public address. */
export function expectHardenedServers(template: StackTemplate, profile: Profile): void {
  expect(serverOf(template)).toMatchObject({
    InstanceType: profile.serverInstanceType.toString(),
    MetadataOptions: { HttpTokens: 'required' },
    Monitoring: { Enabled: profile.detailedMonitoring },
    NetworkInterfaces: [{ AssociatePublicIpAddress: false, DeviceIndex: 0, Groups: [expect.anything()] }],
    // The root device of Amazon Linux 2023: under another name, the root would stay as the image has it.
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true } },
    ],
  });
  expect(serverOf(template).BlockDeviceMappings).toHaveLength(1);
  expect(profile.serverInstanceType.architecture).toBe(ec2.InstanceArchitecture.ARM_64);
}

/** All servers come from the newest version of one launch template. */
export function expectOneTemplate(template: StackTemplate): void {
  const { id } = theOnly(template, 'AWS::EC2::LaunchTemplate');
  expect(groupOf(template).Properties.LaunchTemplate).toEqual({
    LaunchTemplateId: { Ref: id },
    Version: { 'Fn::GetAtt': [id, 'LatestVersionNumber'] },
  });
  expect(groupOf(template).Properties).not.toHaveProperty('MixedInstancesPolicy');
}

/** The group replaces its servers by itself, new ones first. */
export function expectRollingReplacement(template: StackTemplate): void {
  const { Properties, ...group } = groupOf(template);
  expect(group).toMatchObject({
    UpdatePolicy: {
      AutoScalingInstanceRefresh: {
        Strategy: 'Rolling',
        // Neither protection nor standby keeps a server of the old template.
        Preferences: { ScaleInProtectedInstances: 'Refresh', StandbyInstances: 'Terminate' },
      },
    },
  });
  expect(Properties).toMatchObject({
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 300,
    DefaultInstanceWarmup: 120,
    InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 },
    // A zone that is shifted away from must not have its servers replaced, too.
    AvailabilityZoneImpairmentPolicy: {
      ZonalShiftEnabled: true,
      ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
    },
  });
  // There must be room for a new server beside all old ones.
  expect(Number(Properties.MaxSize)).toBeGreaterThan(Number(Properties.MinSize));
  const { id } = theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  expect(Properties.TargetGroupARNs).toEqual([{ Ref: id }]);
}

/** Between two templates the fleet's launch template differs, under the same id, and nothing that would be lost. */
export function expectOtherServers(before: StackTemplate, after: StackTemplate): void {
  const one = theOnly(before, 'AWS::EC2::LaunchTemplate');
  const other = theOnly(after, 'AWS::EC2::LaunchTemplate');
  expect(other.id).toBe(one.id);
  expect(other.Properties).not.toEqual(one.Properties);
  expect(groupOf(after)).toEqual(groupOf(before));
  for (const type of ['AWS::RDS::DBInstance', 'AWS::ElasticLoadBalancingV2::LoadBalancer']) {
    expect(theOnly(after, type)).toEqual(theOnly(before, type));
  }
}

/** A server serves when its boot has ended well, and not before. */
export function expectBootHook(template: StackTemplate): void {
  const script = firstBootOf(template);
  const group = groupOf(template);
  expect(group.Properties.LifecycleHookSpecificationList).toContainEqual({
    LifecycleHookName: 'first-boot',
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    HeartbeatTimeout: 900,
    DefaultResult: 'ABANDON',
  });
  const name = textOf(group.Properties.AutoScalingGroupName);
  const [trap = '', ...rest] = script.split('}\ntrap exitTrap EXIT\n');
  expect(rest).toHaveLength(1);
  expect(rest[0]).toMatch(/^set -euo pipefail\n/);
  expect(trap.split('\n')).toEqual([
    '#!/bin/bash',
    'function exitTrap(){',
    'exitCode=$?',
    // The log agent sends every five seconds; what follows ends the server.
    'if [ "$exitCode" -ne 0 ]; then sleep 15; fi',
    'if [ "$exitCode" -eq 0 ]; then result=CONTINUE; else result=ABANDON; fi',
    `/opt/aws/bin/cfn-signal --stack <AWS::StackName> --resource ${group.id} --region <AWS::Region> --exit-code "$exitCode" --reason "First boot ended with exit code $exitCode; see log group <${serverLogOf(template)}>" || true`,
    `for attempt in {1..24}; do aws autoscaling complete-lifecycle-action --region <AWS::Region> --auto-scaling-group-name ${name} --lifecycle-hook-name first-boot --instance-id "$SERVER_ID" --lifecycle-action-result "$result" && break; sleep 5; done`,
    '',
  ]);
}

/** What a boot does at its exit, in a shell with stubs for the commands that leave the server. */
export function expectExit(template: StackTemplate): void {
  const [trap = ''] = firstBootOf(template).split('set -euo pipefail\n');
  const exit = (exitCode: number, signal: string, completion = 'true') =>
    callsOf(`${trap}set -euo pipefail\nSERVER_ID=i-1\nexit ${exitCode}`, {
      sleep: 'true',
      aws: completion,
      'cfn-signal': signal,
    }).map((call) => call.replace(/^(\S+) .*?(\S+ \S+|--exit-code \d+ .*)$/, '$1 $2'));
  const signals = (exitCode: number) =>
    expect.stringMatching(
      `^cfn-signal --exit-code ${exitCode} --reason First boot ended with exit code ${exitCode}; `,
    );
  const completes = (result: string) => `aws --lifecycle-action-result ${result}`;
  expect(exit(0, 'true')).toEqual([signals(0), completes('CONTINUE')]);
  expect(exit(3, 'true')).toEqual(['sleep 15', signals(3), completes('ABANDON')]);
  // Where the stack is there already, CloudFormation takes no signal.
  expect(exit(0, 'false')).toEqual([signals(0), completes('CONTINUE')]);
  // While the hook is not active yet, its completion is refused: it is tried again, and not forever.
  const thirdTime = '[ "$attempt" -eq 3 ]';
  for (const [exitCode, first, result] of [
    [0, [signals(0)], 'CONTINUE'],
    [3, ['sleep 15', signals(3)], 'ABANDON'],
  ] as const) {
    const refused = [completes(result), 'sleep 5'];
    expect(exit(exitCode, 'true', thirdTime)).toEqual([...first, ...refused, ...refused, completes(result)]);
    expect(exit(exitCode, 'true', 'false')).toEqual([...first, ...Array(24).fill(refused).flat()]);
  }
}

/** The first deployment waits for as many good boots as there are servers. */
export function expectSignals(template: StackTemplate): void {
  const { CreationPolicy, Properties } = groupOf(template);
  expect(CreationPolicy).toEqual({ ResourceSignal: { Count: Number(Properties.MinSize), Timeout: 'PT15M' } });
  expect(Properties).not.toHaveProperty('DesiredCapacity');
}

/** The boot sends its log before it does anything else, and asks the application at its end. */
export function expectBootOrder(template: StackTemplate): void {
  const script = firstBootOf(template);
  const commands = script
    .split('trap exitTrap EXIT\n')[1]
    ?.replaceAll(/<<'END_OF_FILE'\n[\s\S]*?\nEND_OF_FILE/g, '')
    .split('\n')
    .filter((line) =>
      /^(dnf|aws|mkdir|chmod|unzip|systemctl|curl|SERVER_ID|echo|cat|\/opt\/aws\/amazon)/.test(line),
    );
  const agent = '/opt/aws/amazon-cloudwatch-agent';
  expect(commands?.map((line) => line.trim())).toEqual([
    'SERVER_ID=$(metadata instance-id)',
    'dnf install -y amazon-cloudwatch-agent',
    `cat > ${agent}/etc/site.json`,
    `${agent}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${agent}/etc/site.json`,
    'cat > /etc/application.env',
    'echo "SERVER_ID=$SERVER_ID" >> /etc/application.env',
    'echo "SERVER_ZONE=$(metadata placement/availability-zone)" >> /etc/application.env',
    'dnf install -y nodejs24 logrotate',
    'mkdir -p /opt/company-news /var/log/company-news',
    expect.stringMatching(
      /^aws s3 cp --region <AWS::Region> s3:\S+\/[0-9a-f]{64}\.zip \/tmp\/company-news\.zip$/,
    ),
    'unzip -q -o /tmp/company-news.zip -d /opt/company-news',
    // The application runs under a user of its own.
    'chmod -R a+rX /opt/company-news',
    'cat > /etc/systemd/system/company-news.service',
    'cat > /etc/logrotate.d/company-news',
    'systemctl enable --now company-news logrotate.timer',
    expect.stringMatching(
      /^curl --fail .*--max-time 5 --retry 30 .*--retry-connrefused http:\/\/127\.0\.0\.1:8080\/healthz$/,
    ),
    'cat > /usr/local/bin/leave-group',
    'chmod 755 /usr/local/bin/leave-group',
    'cat > /etc/systemd/system/leave-group.service',
    'systemctl enable --now leave-group',
  ]);
  const database = theOnly(template, 'AWS::RDS::DBInstance').id;
  expect(fileIn(script, '/etc/application.env').split('\n')).toEqual([
    `DATABASE_HOST=<${database}.Endpoint.Address>`,
    `DATABASE_PORT=<${database}.Endpoint.Port>`,
    'DATABASE_NAME=app',
    `DATABASE_SECRET_ARN=<${database}.MasterUserSecret.SecretArn>`,
    'AWS_REGION=<AWS::Region>',
  ]);
}

/** Logs leave a server all the time, into a log group of the stack. */
export function expectShippedLogs(template: StackTemplate, ...files: [path: string, stream: string][]): void {
  const config = fileIn(firstBootOf(template), '/opt/aws/amazon-cloudwatch-agent/etc/site.json');
  const collected: unknown = JSON.parse(config).logs.logs_collected.files.collect_list;
  expect(collected).toEqual(
    [['/var/log/cloud-init-output.log', 'boot'], ...files].map(([file_path, stream]) => ({
      file_path,
      log_group_name: `<${serverLogOf(template)}>`,
      log_stream_name: `{instance_id}/${stream}`,
    })),
  );
}

/** A server that leaves waits until no requests come, stops its application, waits for the log agent, and completes its hook. */
export function expectLeave(template: StackTemplate, ...stopCommands: string[]): void {
  const group = groupOf(template);
  const heartbeat = 120;
  expect(group.Properties.LifecycleHookSpecificationList).toContainEqual({
    LifecycleHookName: 'flush-logs',
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    HeartbeatTimeout: heartbeat,
    DefaultResult: 'CONTINUE',
  });
  const script = firstBootOf(template);
  const name = textOf(group.Properties.AutoScalingGroupName);
  const [shebang, ...leave] = fileIn(script, '/usr/local/bin/leave-group').split('\n');
  expect(shebang).toBe('#!/bin/bash');
  const action = (command: string) =>
    `aws autoscaling ${command} --region <AWS::Region> --auto-scaling-group-name ${name} --lifecycle-hook-name flush-logs --instance-id "$SERVER_ID"`;
  expect(leave.slice(leave.indexOf('}') + 1)).toEqual([
    'SERVER_ID=$(metadata instance-id)',
    'until [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; do sleep 5; done',
    // The hook takes a heartbeat only once the load balancer has let go of the server.
    `until ${action('record-lifecycle-action-heartbeat')}; do sleep 5; done`,
    ...stopCommands,
    // Three turns of the log agent.
    'sleep 15',
    `${action('complete-lifecycle-action')} --lifecycle-action-result CONTINUE`,
  ]);
  expect(leave.slice(0, leave.indexOf('}') + 1)).toEqual([
    'metadata() {',
    expect.stringMatching(/^ {2}local token=\$\(curl .*--request PUT .*\/latest\/api\/token\)$/),
    expect.stringMatching(/^ {2}curl .*"X-aws-ec2-metadata-token: \$token" ".*\/latest\/meta-data\/\$1"$/),
    '}',
  ]);
  const calls = callsOf(fileIn(script, '/usr/local/bin/leave-group'), {
    ...Object.fromEntries(stopCommands.map((command) => [command.split(' ')[0], 'true'])),
    // It is called in the script's own shell, so that it can tell when it is time.
    sleep: 'slept="$slept $1"',
    curl: 'case "$*" in *instance-id) echo i-1;; *state) case "$slept" in " 5 5"*) echo Terminated;; *) echo InService;; esac;; esac',
    aws: 'if [ "$2" = record-lifecycle-action-heartbeat ]; then [ "$slept" = " 5 5 5" ]; fi',
  }).filter((call) => !call.startsWith('curl '));
  const beats = expect.stringMatching(
    /^aws autoscaling record-lifecycle-action-heartbeat .* --lifecycle-hook-name flush-logs --instance-id i-1$/,
  );
  expect(calls).toEqual([
    'sleep 5',
    'sleep 5',
    beats,
    'sleep 5',
    beats,
    ...stopCommands.map((command) => (command.includes(' ') ? command : `${command} `)),
    'sleep 15',
    expect.stringMatching(/^aws autoscaling complete-lifecycle-action .* --instance-id i-1 .* CONTINUE$/),
  ]);
  const unit = fileIn(script, '/etc/systemd/system/leave-group.service').split('\n');
  expect(unit).toEqual(
    expect.arrayContaining([
      'ExecStart=/usr/local/bin/leave-group',
      'Restart=on-failure',
      'WantedBy=multi-user.target',
    ]),
  );
  expect(script.endsWith('\nsystemctl enable --now leave-group')).toBe(true);
  // What it may take until it completes the hook: a look every five seconds, the application's end, three turns.
  const stopping = Number(/^TimeoutStopSec=(\d+)$/m.exec(script)?.[1] ?? 0);
  expect(5 + stopping + 15).toBeLessThan(heartbeat);
}

/** The servers' role may do this and no more. */
export function expectServerRole(template: StackTemplate): void {
  const roleId = serverRoleOf(template);
  const role = template.Resources[roleId]?.Properties;
  expect(role).not.toHaveProperty('ManagedPolicyArns');
  expect(role).not.toHaveProperty('Policies');
  expect(role?.AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }],
  });
  const allowed = permissionsOf(template, roleId);
  const database = theOnly(template, 'AWS::RDS::DBInstance').id;
  expect(Object.fromEntries(allowed)).toEqual({
    's3:GetObject': expect.stringMatching(/^arn:<AWS::Partition>:s3:::cdk-\S+\/[0-9a-f]{64}\.zip$/),
    'logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents': `<${serverLogOf(template)}.Arn>`,
    'ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel':
      '*',
    'autoscaling:CompleteLifecycleAction autoscaling:RecordLifecycleActionHeartbeat': `arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/${textOf(groupOf(template).Properties.AutoScalingGroupName)}`,
    'secretsmanager:DescribeSecret secretsmanager:GetSecretValue': `<${database}.MasterUserSecret.SecretArn>`,
  });
  expect(allowed).toHaveLength(5);
  // What Auto Scaling launches before the rights are there would fail its boot.
  expect(groupOf(template).DependsOn).toEqual(
    expect.arrayContaining(
      Object.keys(resourcesOf(template, 'AWS::IAM::Policy')).filter((id) => id.includes('ServerRole')),
    ),
  );
}

/** The database is encrypted, private, takes TLS only, and follows the profile in what is kept and doubled. */
export function expectDatabase(template: StackTemplate, profile: Profile): void {
  const { Properties, ...database } = theOnly(template, 'AWS::RDS::DBInstance');
  expect(Properties).toMatchObject({
    EngineVersion: expect.stringMatching(/^8\.4\./),
    DBInstanceClass: `db.${profile.databaseInstanceType}`,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    ManageMasterUserPassword: true,
    MultiAZ: profile === PRODUCTION,
    BackupRetentionPeriod: profile.backupRetention.toDays(),
    DeletionProtection: profile === PRODUCTION,
    DeleteAutomatedBackups: profile === SANDBOX,
    VPCSecurityGroups: [expect.anything()],
  });
  expect(Properties).not.toHaveProperty('MasterUserPassword');
  expect(JSON.stringify(Properties)).not.toContain('{{resolve:');
  // RDS makes the log groups of exported logs by itself, and nothing would delete them.
  expect(Properties).not.toHaveProperty('EnableCloudwatchLogsExports');
  const policy = profile === PRODUCTION ? 'Snapshot' : 'Delete';
  expect(database).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
  const parameters = theOnly(template, 'AWS::RDS::DBParameterGroup');
  expect(Properties.DBParameterGroupName).toEqual({ Ref: parameters.id });
  expect(parameters.Properties.Parameters).toMatchObject({ require_secure_transport: '1' });
  const subnets = theOnly(template, 'AWS::RDS::DBSubnetGroup');
  expect(Properties.DBSubnetGroupName).toEqual({ Ref: subnets.id });
  expect(tiersOf(template, subnets.Properties.SubnetIds)).toEqual(['Database 0', 'Database 1']);
  expect(JSON.stringify(template.Outputs?.DatabaseSecretArn?.Value)).toContain('MasterUserSecret.SecretArn');
}

/** Builds a pattern with an application of one's own, which may have assets, and shows that nothing of the sample is left. */
export function expectOwnApplication(
  synthesize: (application: (stack: Stack) => ServerApplication) => StackTemplate,
): void {
  const template = synthesize((stack) => ({
    ...OWN_APPLICATION,
    assets: [new assets.Asset(stack, 'Asset', { path: 'package.json' })],
    logs: [{ path: '/var/log/own.log', stream: 'own' }],
    stopCommands: ['stop-one', 'stop-two'],
  }));
  const script = firstBootOf(template);
  expect(script).not.toContain('company-news');
  const order = ['amazon-cloudwatch-agent-ctl', '/etc/application.env', 'echo first\necho second\ncurl '];
  const places = [...order, 'http://127.0.0.1:9000/alive\n', '/usr/local/bin/leave-group'].map((text) =>
    script.indexOf(text),
  );
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  expectShippedLogs(template, ['/var/log/own.log', 'own']);
  expectLeave(template, 'stop-one', 'stop-two');
  expect(theOnly(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
    Port: 9000,
    HealthCheckPath: '/alive',
  });
  const toServers = allowedConnections(template, 'Ingress').filter(({ group }) =>
    group.startsWith('Servers'),
  );
  expect(toServers.map(({ port }) => port)).toEqual(['9000']);
  const reads = permissionsOf(template, serverRoleOf(template)).filter(
    ([actions]) => actions === 's3:GetObject',
  );
  expect(reads).toEqual([['s3:GetObject', expect.stringMatching(/\/[0-9a-f]{64}\.json$/)]]);

  const withoutAssets = synthesize(() => OWN_APPLICATION);
  expect(permissionsOf(withoutAssets, serverRoleOf(withoutAssets)).join()).not.toContain('s3:GetObject');
  expectShippedLogs(withoutAssets);
  expectLeave(withoutAssets);
}

/** The options of a fleet arrive at its group and its servers. */
export function expectOwnFleet(synthesize: (props: ServerFleetOptions) => StackTemplate): void {
  const policies = [autoscaling.TerminationPolicy.OLDEST_INSTANCE, autoscaling.TerminationPolicy.DEFAULT];
  const { Properties } = groupOf(
    synthesize({
      healthCheckGracePeriod: Duration.minutes(7),
      instanceWarmup: Duration.seconds(45),
      terminationPolicies: policies,
    }),
  );
  expect(Properties).toMatchObject({
    HealthCheckGracePeriod: 420,
    DefaultInstanceWarmup: 45,
    TerminationPolicies: ['OldestInstance', 'Default'],
  });
  const kept = synthesize({ keptVolumeSize: 30 });
  expect(serverOf(kept).BlockDeviceMappings).toMatchObject([
    { DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true, VolumeSize: 8 } },
    {
      DeviceName: '/dev/sdf',
      Ebs: { DeleteOnTermination: false, Encrypted: true, VolumeSize: 30, VolumeType: 'gp3' },
    },
  ]);
  expect(firstBootOf(kept)).toMatch(
    /\nmkfs --type xfs \/dev\/sdf\n[\s\S]*\nmount \/data\ncat > \/etc\/application\.env/,
  );
  expect(firstBootOf(kept).indexOf('mkfs')).toBeGreaterThan(
    firstBootOf(kept).indexOf('amazon-cloudwatch-agent-ctl'),
  );
  const usual = groupOf(synthesize({})).Properties;
  expect(usual.TerminationPolicies).toEqual(['OldestLaunchTemplate', 'Default']);
  expect(firstBootOf(synthesize({}))).not.toContain('/data');
}

/** A key of one's own encrypts all volumes, the database and its secret, and the servers may read the secret. */
export function expectOwnKey(template: StackTemplate): void {
  const key = { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] };
  expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
    KmsKeyId: key,
    MasterUserSecret: { KmsKeyId: key },
    PerformanceInsightsKMSKeyId: key,
  });
  const volumes = serverOf(template).BlockDeviceMappings as { Ebs: { KmsKeyId: unknown } }[];
  expect(volumes.map(({ Ebs }) => Ebs.KmsKeyId)).toEqual(volumes.map(() => key));
  expect(permissionsOf(template, serverRoleOf(template))).toContainEqual(['kms:Decrypt', textOf(key)]);
}
