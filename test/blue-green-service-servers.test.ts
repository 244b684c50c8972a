import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { NoticeBoard } from '../lib/blue-green-service/notice-board';
import { ReleasedServers } from '../lib/blue-green-service/released-servers';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { metricsOf, stateAfterMetrics } from './support/alarms';
import {
  createApp,
  type Resource,
  resourcesOf,
  type StackTemplate,
  templatesOf,
  theOnly,
} from './support/apps';
import {
  fileIn,
  firstBootOf,
  groupOf,
  permissionsOf,
  serverOf,
  serverRoleOf,
  textOf,
  tiersOf,
} from './support/fleet';
import { alarmsOf } from './support/fleet-alarms';
import {
  expectBootHook,
  expectExit,
  expectHardenedServers,
  expectOneTemplate,
  expectRollingReplacement,
  expectSignals,
} from './support/fleet-proofs';
import { allowedConnections, routesOf } from './support/network';
import { addPipeline, synthesizeServers } from './support/released-servers';
import { validate } from './support/validation';

const PROFILES = [
  ['sandbox', SANDBOX],
  ['production', PRODUCTION],
] as const;
const sandbox = synthesizeServers(() => ({ profile: SANDBOX }));
const production = synthesizeServers(() => ({}));
const boot = firstBootOf(sandbox);
const groupIn = (template: StackTemplate) => theOnly(template, 'AWS::CodeDeploy::DeploymentGroup');
const roleOf = (template: StackTemplate) => {
  const arn = groupIn(template).Properties.ServiceRoleArn as { 'Fn::GetAtt': [string, 'Arn'] };
  return arn['Fn::GetAtt'][0];
};
const zoneOf = (stack: Stack) =>
  route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    zoneName: 'example.com',
  });

describe.each(PROFILES)('in the %s', (_, profile) => {
  const template = profile === SANDBOX ? sandbox : production;

  test('servers are private, alike, and replaced by new ones first', () => {
    expectHardenedServers(template, profile);
    expectOneTemplate(template);
    expectRollingReplacement(template);
    expectBootHook(template);
    expectExit(template);
    expectSignals(template);
    expect(groupOf(template).Properties).toMatchObject({ MinSize: '2', MaxSize: '4' });
    expect(tiersOf(template, groupOf(template).Properties.VPCZoneIdentifier)).toEqual([
      'Server 0',
      'Server 1',
    ]);
  });

  test('breaks no rule, and acknowledges none that it does not break', () => {
    const { findings, stale } = validate((app) => {
      const stack = new Stack(app, 'Stack');
      new ReleasedServers(stack, 'Servers', { profile });
      new ReleasedServers(stack, 'Others', { profile, deploymentConfig: 'HalfAtATime' });
    });
    const packs = ['AwsSolutions', 'Serverless', 'CloudFormation Validate', 'Annotation'];
    expect(findings.filter(({ pack }) => packs.includes(pack))).toEqual([]);
    expect(stale).toEqual([]);
  });
});

describe('a release', () => {
  test('goes to the servers of the group in place, one after the other, without requests meanwhile', () => {
    const targetGroup = theOnly(sandbox, 'AWS::ElasticLoadBalancingV2::TargetGroup').id;
    const application = theOnly(sandbox, 'AWS::CodeDeploy::Application');
    expect(application.Properties).toEqual({ ComputePlatform: 'Server' });
    expect(groupIn(sandbox).Properties).toEqual({
      ApplicationName: { Ref: application.id },
      AutoScalingGroups: [{ Ref: groupOf(sandbox).id }],
      DeploymentConfigName: 'CodeDeployDefault.OneAtATime',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      LoadBalancerInfo: {
        TargetGroupInfoList: [{ Name: { 'Fn::GetAtt': [targetGroup, 'TargetGroupName'] } }],
      },
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: releaseAlarmOf(sandbox).id } }] },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      Ec2DeploymentOptions: {
        AutoScalingGroupProcessesToSuspend: ['AZRebalance', 'InstanceRefresh', 'Terminate'],
      },
      OutdatedInstancesStrategy: 'UPDATE',
      ServiceRoleArn: { 'Fn::GetAtt': [roleOf(sandbox), 'Arn'] },
    });
  });

  test.each(['AllAtOnce', 'HalfAtATime', 'OneAtATime'] as const)(
    'goes %s where that is asked for',
    (name) => {
      const template = synthesizeServers(() => ({ profile: SANDBOX, deploymentConfig: name }));
      expect(groupIn(template).Properties.DeploymentConfigName).toBe(`CodeDeployDefault.${name}`);
      const { findings } = validate((app) => {
        new ReleasedServers(new Stack(app, 'Stack'), 'Servers', { profile: SANDBOX, deploymentConfig: name });
      });
      const warnings = findings.filter(({ rule }) => rule.includes('ReleasedServers:AllAtOnce'));
      expect(warnings).toHaveLength(name === 'AllAtOnce' ? 1 : 0);
    },
  );

  test('is made by a role that changes nothing but these servers', () => {
    const role = sandbox.Resources[roleOf(sandbox)] as Resource;
    expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(role.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' } },
      ],
    });
    const [group, targets, look, ...others] = permissionsOf(sandbox, roleOf(sandbox));
    expect(others).toEqual([]);
    expect(group).toEqual([
      'autoscaling:CompleteLifecycleAction autoscaling:DeleteLifecycleHook autoscaling:PutLifecycleHook autoscaling:RecordLifecycleActionHeartbeat autoscaling:ResumeProcesses autoscaling:SuspendProcesses',
      `arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/<${groupOf(sandbox).id}>`,
    ]);
    expect(targets).toEqual([
      'elasticloadbalancing:DeregisterTargets elasticloadbalancing:RegisterTargets',
      `<${theOnly(sandbox, 'AWS::ElasticLoadBalancingV2::TargetGroup').id}>`,
    ]);
    const [looks = '', everything] = look ?? [];
    expect(everything).toBe('*');
    expect(looks.split(' ').filter((action) => !/:(Describe|Get)[A-Z]/.test(action))).toEqual([]);
    expect(looks).toContain('cloudwatch:DescribeAlarms');
    expect(looks).toContain('elasticloadbalancing:DescribeTargetHealth');
    // Without it CodeDeploy could not add its hook when the deployment group is made.
    const [policy] = Object.entries(resourcesOf(sandbox, 'AWS::IAM::Policy')).filter(([, { Properties }]) =>
      (Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === roleOf(sandbox)),
    );
    expect(groupIn(sandbox).DependsOn).toContain(policy?.[0]);
  });

  test('is stopped by errors of the servers in one minute, and by nothing that new servers must cure', () => {
    const { Properties, ...alarm } = releaseAlarmOf(sandbox);
    const resource = { ...alarm, Properties };
    expect(Object.keys(metricsOf(resource)).sort()).toEqual(['HTTPCode_Target_5XX_Count', 'RequestCount']);
    expect(Object.values(metricsOf(resource)).map(({ period, statistic }) => [period, statistic])).toEqual([
      [60, 'Sum'],
      [60, 'Sum'],
    ]);
    const state = (requests: number | undefined, errors: number | undefined) =>
      stateAfterMetrics(resource, { RequestCount: [requests], HTTPCode_Target_5XX_Count: [errors] });
    expect(state(99, 5)).toBe('ALARM');
    expect(state(100, 5)).toBe('OK');
    expect(state(4, 4)).toBe('OK');
    expect(state(undefined, undefined)).toBe('OK');
    expect(state(1000, undefined)).toBe('OK');
  });

  test('is read by the servers from the pipeline, and the right is the pipeline stack’s', () => {
    const template = synthesizeServers(
      () => ({ profile: SANDBOX }),
      (servers, stack) => addPipeline(stack, servers, new s3.Bucket(stack, 'Artifacts')),
    );
    const bucket = theOnly(template, 'AWS::CodePipeline::Pipeline').Properties.ArtifactStore as {
      Location: { Ref: string };
    };
    const reads = permissionsOf(template, serverRoleOf(template)).filter(([actions]) =>
      actions.includes('s3:'),
    );
    expect(reads).toEqual(
      Array(2).fill(['s3:GetObject s3:GetObjectVersion', `<${bucket.Location.Ref}.Arn>/*`]),
    );
    const [, beta] = theOnly(template, 'AWS::CodePipeline::Pipeline').Properties.Stages as {
      Actions: Record<string, unknown>[];
    }[];
    expect(beta?.Actions[0]?.Configuration).toEqual({
      ApplicationName: { Ref: theOnly(template, 'AWS::CodeDeploy::Application').id },
      DeploymentGroupName: { Ref: groupIn(template).id },
    });
    expect(beta?.Actions[0]).toMatchObject({
      Name: 'Release',
      RunOrder: 2,
      ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: 'CodeDeploy' },
      InputArtifacts: [{ Name: 'Artifact_Source_Source' }],
    });
  });

  test('can be decrypted by the servers, also where the pipeline is in another stack', () => {
    const app = createApp();
    const servers = new ReleasedServers(new Stack(app, 'Shop'), 'Servers', { profile: SANDBOX });
    const stack = new Stack(app, 'Delivery');
    const encryptionKey = new kms.Key(stack, 'Key');
    addPipeline(stack, servers, new s3.Bucket(stack, 'Artifacts', { encryptionKey }));
    const template = templatesOf(app).get('Delivery') as StackTemplate;
    const policies = Object.entries(resourcesOf(template, 'AWS::IAM::Policy')).filter(([id]) =>
      id.includes('ReadRelease'),
    );
    expect(policies).toHaveLength(2);
    const document = policies[0]?.[1].Properties.PolicyDocument as { Statement: Record<string, unknown>[] };
    expect(document.Statement).toContainEqual({
      Sid: 'DecryptRelease',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] },
    });
  });

  test('breaks no rule by the rights that the servers get', () => {
    const { findings, stale } = validate((app) => {
      const stack = new Stack(app, 'Stack');
      const servers = new ReleasedServers(stack, 'Servers', { profile: SANDBOX });
      addPipeline(stack, servers, new s3.Bucket(stack, 'Artifacts'));
    });
    const open = findings.filter(
      ({ pack, path }) => pack === 'AwsSolutions' && /ReadRelease|Servers\//.test(path),
    );
    expect(open).toEqual([]);
    expect(stale).toEqual([]);
  });
});

describe('a first boot', () => {
  test('installs the agent last, by HTTPS from the bucket of its region', () => {
    const commands = boot.split('systemctl enable --now leave-group\n')[1]?.split('\n');
    const settings = '/etc/codedeploy-agent/conf/codedeployagent.yml';
    expect(commands).toEqual([
      'download_agent() {',
      '  curl --fail --silent --show-error --retry 5 --output /opt/codedeploy-agent-installer "https://aws-codedeploy-<AWS::Region>.s3.<AWS::Region>.<AWS::URLSuffix>/$1/install"',
      '}',
      'download_agent latestv2 || { dnf install -y ruby; download_agent latest; }',
      'chmod 755 /opt/codedeploy-agent-installer',
      '/opt/codedeploy-agent-installer auto',
      `sed --in-place '/^:disable_imds_v1:/d' ${settings}`,
      `echo ':disable_imds_v1: true' >> ${settings}`,
      'systemctl restart codedeploy-agent',
    ]);
  });

  test('tells the application what the pattern has for it, and no secret', () => {
    const template = synthesizeServers(() => ({ profile: SANDBOX, environment: { BOARD_TITLE: 'Ours' } }));
    const secret = theOnly(template, 'AWS::SecretsManager::Secret').id;
    expect(fileIn(firstBootOf(template), '/etc/application.env').split('\n')).toEqual([
      'BOARD_TITLE=Ours',
      `TABLE_NAME=<${theOnly(template, 'AWS::DynamoDB::GlobalTable').id}>`,
      `POST_TOKEN_SECRET_ARN=<${secret}>`,
      'PORT=8080',
      'AWS_REGION=<AWS::Region>',
    ]);
    expect(boot).not.toContain('{{resolve:');
    expect(boot.length).toBeLessThan(16_000);
  });

  test('starts a placeholder that leaves the port to a release', () => {
    const unit = fileIn(boot, '/etc/systemd/system/release-placeholder.service').split('\n');
    expect(unit).toEqual(
      expect.arrayContaining([
        'Conflicts=notice-board.service',
        // Without an order systemd would start the one while it stops the other, and the port would be taken.
        'Before=notice-board.service',
        'Environment=PORT=8080',
        'ExecStart=/usr/bin/node-24 /opt/release-placeholder/server.cjs',
        'DynamicUser=yes',
        'ProtectSystem=strict',
      ]),
    );
    expect(unit).not.toContain('[Install]');
    expect(boot).not.toContain('enable --now release-placeholder');
    expect(theOnly(sandbox, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      Port: 8080,
      HealthCheckPath: '/healthz',
    });
  });

  test('sends the logs of the application, the agent and the releases', () => {
    const config = fileIn(boot, '/opt/aws/amazon-cloudwatch-agent/etc/site.json');
    const files: { file_path: string; log_stream_name: string }[] =
      JSON.parse(config).logs.logs_collected.files.collect_list;
    expect(files.map(({ file_path, log_stream_name }) => [file_path, log_stream_name])).toEqual([
      ['/var/log/cloud-init-output.log', '{instance_id}/boot'],
      ['/var/log/notice-board/notice-board.log', '{instance_id}/application'],
      ['/var/log/aws/codedeploy-agent/codedeploy-agent.log', '{instance_id}/codedeploy-agent'],
      [
        '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log',
        '{instance_id}/releases',
      ],
    ]);
    // A release brings the rule for the application's.
    expect(boot).toContain('systemctl enable --now logrotate.timer');
  });
});

describe('the application', () => {
  test.each(PROFILES)('keeps its notices as the profile says: %s', (_, profile) => {
    const table = theOnly(profile === SANDBOX ? sandbox : production, 'AWS::DynamoDB::GlobalTable');
    const isProduction = profile === PRODUCTION;
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Replicas: [
        {
          DeletionProtectionEnabled: isProduction,
          PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: true,
            RecoveryPeriodInDays: isProduction ? 14 : 1,
          },
        },
      ],
    });
    expect(table.DeletionPolicy).toBe(isProduction ? 'Retain' : 'Delete');
    const secret = theOnly(profile === SANDBOX ? sandbox : production, 'AWS::SecretsManager::Secret');
    expect(secret.DeletionPolicy).toBe(isProduction ? 'Retain' : 'Delete');
    expect(secret.Properties.GenerateSecretString).toEqual({ PasswordLength: 40, ExcludePunctuation: true });
  });

  test('may use the table and read its token, and the servers nothing else', () => {
    const actions = Object.fromEntries(
      permissionsOf(sandbox, serverRoleOf(sandbox)).map(([names, resource]) => [resource, names]),
    );
    const table = theOnly(sandbox, 'AWS::DynamoDB::GlobalTable').id;
    const secret = theOnly(sandbox, 'AWS::SecretsManager::Secret').id;
    expect(actions).toMatchObject({
      [`<${table}.Arn>`]:
        'dynamodb:DeleteItem dynamodb:DescribeTable dynamodb:GetItem dynamodb:PutItem dynamodb:Query',
      [`<${secret}>`]: 'secretsmanager:DescribeSecret secretsmanager:GetSecretValue',
    });
    // The logs, Session Manager, the hooks and these two.
    expect(Object.keys(actions)).toHaveLength(5);
    expect(sandbox.Resources[serverRoleOf(sandbox)]?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('can be one that is there already', () => {
    const template = synthesizeServers((stack) => ({
      profile: SANDBOX,
      noticeBoard: new NoticeBoard(stack, 'Ours', { profile: SANDBOX }),
    }));
    expect(theOnly(template, 'AWS::DynamoDB::GlobalTable').id).toMatch(/^Ours/);
    expect(theOnly(template, 'AWS::SecretsManager::Secret').id).toMatch(/^Ours/);
  });

  test('is kept by default', () => {
    const app = createApp();
    const stack = new Stack(app, 'Stack');
    new NoticeBoard(stack, 'Board');
    const template = templatesOf(app).get('Stack') as StackTemplate;
    expect(theOnly(template, 'AWS::DynamoDB::GlobalTable').DeletionPolicy).toBe('Retain');
  });
});

describe('users', () => {
  test('reach the load balancer in the public subnets, and it alone reaches the servers', () => {
    const { Properties } = theOnly(sandbox, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(Properties.Scheme).toBe('internet-facing');
    expect(tiersOf(sandbox, Properties.Subnets)).toEqual(['Public 0', 'Public 1']);
    const entries = allowedConnections(sandbox, 'Ingress').map(({ group, peer, port }) => [
      group.replace(/SecurityGroup.*/, '') || 'the servers',
      peer.replace(/SecurityGroup.*/, ''),
      port,
    ]);
    expect(entries).toEqual([
      ['LoadBalancer', '0.0.0.0/0', '80'],
      ['the servers', 'LoadBalancer', '8080'],
    ]);
    expect(routesOf(sandbox)).toMatchObject({ 'Server 0': '0.0.0.0/0 to AWS::EC2::NatGateway' });
    const endpoints = Object.values(resourcesOf(sandbox, 'AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties: { ServiceName } }) => textOf(ServiceName)).sort()).toEqual([
      'com.amazonaws.<AWS::Region>.dynamodb',
      'com.amazonaws.<AWS::Region>.s3',
    ]);
  });

  test('find it by HTTP at its own name, and by HTTPS at a name of yours', () => {
    const urls: string[] = [];
    const record = (servers: ReleasedServers, stack: Stack) => urls.push(textOf(stack.resolve(servers.url)));
    const plain = synthesizeServers(() => ({ profile: SANDBOX }), record);
    expect(urls).toEqual([
      `http://<${theOnly(plain, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id}.DNSName>`,
    ]);
    const named = synthesizeServers(
      (stack) => ({ profile: SANDBOX, hostedZone: zoneOf(stack), domainName: 'board.example.com' }),
      record,
    );
    expect(urls[1]).toBe('https://board.example.com');
    expect(theOnly(named, 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: 'board.example.com.',
      Type: 'A',
    });
    expect(theOnly(named, 'AWS::CertificateManager::Certificate').Properties.DomainName).toBe(
      'board.example.com',
    );
    const listeners = Object.values(resourcesOf(named, 'AWS::ElasticLoadBalancingV2::Listener'));
    expect(listeners.map(({ Properties: { Port, Protocol } }) => [Port, Protocol])).toEqual([
      [443, 'HTTPS'],
      [80, 'HTTP'],
    ]);
  });

  test.each([
    [PRODUCTION, undefined, 1],
    [SANDBOX, undefined, 0],
    [SANDBOX, true, 1],
    [PRODUCTION, false, 0],
  ])(
    'pass a firewall where the profile or the prop says so: %#',
    (profile, webApplicationFirewall, count) => {
      const template = synthesizeServers(() => ({ profile, webApplicationFirewall }));
      expect(Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACLAssociation'))).toHaveLength(count);
    },
  );
});

test('takes what a project has: network, topic, key, size and number of servers', () => {
  const named = synthesizeServers(() => ({ cidr: '172.16.0.0/20', alarmEmail: 'alarms@example.com' }));
  expect(theOnly(named, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('172.16.0.0/20');
  expect(theOnly(named, 'AWS::SNS::Subscription').Properties.Endpoint).toBe('alarms@example.com');
  const template = synthesizeServers((stack) => ({
    profile: SANDBOX,
    vpc: new ec2.Vpc(stack, 'Own', { maxAzs: 2 }),
    alarmTopic: new sns.Topic(stack, 'Topic'),
    key: new kms.Key(stack, 'Key'),
    instanceType: new ec2.InstanceType('c8g.large'),
    minCapacity: 3,
    maxCapacity: 9,
    targetCpu: 35,
    deregistrationDelay: Duration.seconds(20),
  }));
  expect(theOnly(template, 'AWS::EC2::VPC').id).toMatch(/^Own/);
  expect(theOnly(template, 'AWS::SNS::Topic').id).toMatch(/^Topic/);
  expect(serverOf(template).InstanceType).toBe('c8g.large');
  expect(groupOf(template).Properties).toMatchObject({ MinSize: '3', MaxSize: '9' });
  expect(theOnly(template, 'AWS::AutoScaling::ScalingPolicy').Properties).toMatchObject({
    TargetTrackingConfiguration: { TargetValue: 35 },
  });
  const key = { 'Fn::GetAtt': [theOnly(template, 'AWS::KMS::Key').id, 'Arn'] };
  expect(theOnly(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toEqual(key);
  expect(serverOf(template).BlockDeviceMappings).toMatchObject([{ Ebs: { KmsKeyId: key } }]);
  expect(permissionsOf(template, serverRoleOf(template))).toContainEqual(['kms:Decrypt', textOf(key)]);
  expect(theOnly(sandbox, 'AWS::AutoScaling::ScalingPolicy').Properties).toMatchObject({
    TargetTrackingConfiguration: { TargetValue: 60 },
  });
});

test('tells of too few and sick servers, errors and slowness', () => {
  expect(Object.keys(alarmsOf(sandbox)).sort()).toEqual([
    'ErrorRateHigh',
    'FleetTooSmall',
    'LatencyHigh',
    'NoHealthyServer',
    'ReleaseErrors',
    'ServerUnhealthy',
  ]);
  // Not before there can be servers.
  for (const { DependsOn } of Object.values(alarmsOf(sandbox)))
    expect(DependsOn).toContain(groupOf(sandbox).id);
});

test('opens a shell on a server', () => {
  const commands: string[] = [];
  synthesizeServers(
    () => ({ profile: SANDBOX }),
    (servers, stack) => {
      commands.push(textOf(stack.resolve(servers.sessionManagerCommand)));
      expect(servers.serverRole).toBe(servers.servers.role);
    },
  );
  expect(commands).toEqual([expect.stringContaining(`--auto-scaling-group-names <${groupOf(sandbox).id}>`)]);
});

/** The alarm that stops releases. */
function releaseAlarmOf(template: StackTemplate): Resource & { readonly id: string } {
  const [found] = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm')).filter(([id]) =>
    id.includes('ReleaseErrors'),
  );
  if (!found) throw new Error('there is no such alarm');
  return { id: found[0], ...found[1] };
}
