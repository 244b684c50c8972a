import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import { NetworkTiers } from '../lib/building-blocks/network-tiers';
import { NewestCopyFunction } from '../lib/disaster-recovery/functions/newest-copy-function';
import { StartStepBackFunction } from '../lib/disaster-recovery/functions/start-step-back-function';
import { SwitchFunction } from '../lib/disaster-recovery/functions/switch-function';
import { VaultEmptier } from '../lib/disaster-recovery/functions/vault-emptier';
import { VerifyFunction, type VerifyFunctionProps } from '../lib/disaster-recovery/functions/verify-function';
import { SystemNames } from '../lib/disaster-recovery/system-names';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import { type Resource, resourcesOf, type StackTemplate, templateOf, theOnly } from './support/apps';
import { type Statement, textOf } from './support/fleet';
import { validate } from './support/validation';

const REGION = 'ap-northeast-3';
const NAMES = new SystemNames({
  systemName: 'intranet',
  primaryRegion: 'ap-northeast-1',
  standbyRegion: REGION,
});
const ACCOUNT = '<AWS::AccountId>';
const BY_BACKUP = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'backup.amazonaws.com' } };

type Build = (stack: Stack, profile: Profile) => unknown;

function addVerify(stack: Stack, profile: Profile, props: Partial<VerifyFunctionProps> = {}) {
  const { vpc } = new NetworkTiers(stack, 'Network', {
    tiers: ['app', 'other'].map((name) => ({ name, subnetType: ec2.SubnetType.PRIVATE_ISOLATED })),
    profile,
  });
  const verify = new VerifyFunction(stack, 'Function', {
    vpc,
    vpcSubnets: { subnetGroupName: 'app' },
    protocol: 'http',
    checkPath: '/health',
    profile,
    ...props,
  });
  return { verify, vpc };
}

const addSwitch: Build = (stack, profile) => new SwitchFunction(stack, 'Function', { names: NAMES, profile });
const addStart: Build = (stack, profile) =>
  new StartStepBackFunction(stack, 'Function', { names: NAMES, region: REGION, profile });
const addNewest: Build = (stack, profile) =>
  new NewestCopyFunction(stack, 'Function', { names: NAMES, region: REGION, profile });
const addEmptier: Build = (stack, profile) =>
  new VaultEmptier(stack, 'Function', {
    vault: new backup.BackupVault(stack, 'Vault', { backupVaultName: NAMES.vault }),
    profile,
  });

const FUNCTIONS: readonly { name: string; build: Build; profiles: readonly Profile[] }[] = [
  { name: 'verify', build: addVerify, profiles: [SANDBOX, PRODUCTION] },
  { name: 'switch', build: addSwitch, profiles: [SANDBOX, PRODUCTION] },
  { name: 'start-step-back', build: addStart, profiles: [SANDBOX, PRODUCTION] },
  { name: 'newest-copy', build: addNewest, profiles: [SANDBOX, PRODUCTION] },
  { name: 'empty-vault', build: addEmptier, profiles: [SANDBOX] },
];

const addStack = (app: App, build: Build, profile: Profile) => {
  const stack = new Stack(app, 'Stack', { env: { region: REGION } });
  build(stack, profile);
  return stack;
};

const templateWith = (build: Build, profile = SANDBOX) => templateOf((app) => addStack(app, build, profile));

/** The function whose code is this repository's. */
function handlerOf(template: StackTemplate): Resource {
  const functions = Object.entries(resourcesOf(template, 'AWS::Lambda::Function'));
  const [[, handler] = ['', undefined]] = functions.filter(([id]) => id.startsWith('Function'));
  expect(handler).toBeDefined();
  return handler as Resource;
}

/** What the function's role may, besides writing its log and sending traces. */
function rightsIn(template: StackTemplate) {
  const [policy] = Object.entries(resourcesOf(template, 'AWS::IAM::Policy'))
    .filter(([id]) => /^Function(Handler)?Role/.test(id))
    .map(([, { Properties }]) => Properties.PolicyDocument as { Statement: Statement[] });
  return (policy?.Statement ?? [])
    .map(({ Action, Condition, Effect, Resource: resource }) => ({
      effect: Effect,
      // aws-cdk-lib puts statements together that differ in their actions only.
      actions: [Action].flat().filter((action) => !/^(logs|xray):/.test(action)),
      resources: [resource].flat().map(textOf),
      ...(Condition !== undefined && { conditions: Condition }),
    }))
    .filter(({ actions }) => actions.length > 0);
}

const allowed = (actions: string[], resources: string[], conditions?: object) => ({
  effect: 'Allow',
  actions,
  resources,
  ...(conditions && { conditions }),
});

describe.each(FUNCTIONS)('$name', ({ build, name, profiles }) => {
  test.each(profiles)('is clean for the checks that nothing may break', (profile) => {
    const { findings, stale } = validate((app) => addStack(app, build, profile));
    const strict = ['AwsSolutions', 'Serverless', 'CloudFormation-Validate'];
    const vault = /Stack\/Vault\//;
    expect(findings.filter(({ pack, path }) => strict.includes(pack) && !vault.test(path))).toEqual([]);
    expect(stale).toEqual([]);
  });

  test('is given the variables that its handler reads, and no others', () => {
    const { Variables } = handlerOf(templateWith(build)).Properties.Environment as {
      Variables: Record<string, string>;
    };
    const { NODE_OPTIONS, ...own } = Variables;
    const source = readFileSync(join(__dirname, '..', 'lambda', 'disaster-recovery', `${name}.ts`), 'utf8');
    const read = [...source.matchAll(/(?:read|require)Variable\('(\w+)'\)/g)].map(([, variable]) => variable);
    expect(Object.keys(own).sort()).toEqual(read.sort());
  });
});

test.each([
  [addVerify, 'Lambda makes and lists network interfaces'],
  [addSwitch, 'PutMetricData takes no resource'],
])('what no resource can bind is acknowledged with a reason: %o', (build, reason) => {
  const { acknowledgements } = validate((app) => addStack(app, build, SANDBOX));
  expect(acknowledgements).toContainEqual({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    path: 'Stack/Function/Role',
    reason: expect.stringMatching(`^The actions of X-Ray take no resource\\. ${reason}`),
  });
});

test('nobody keeps an answer for CloudFormation that did not come, which says why', () => {
  const { acknowledgements } = validate((app) => addStack(app, addEmptier, SANDBOX));
  expect(acknowledgements).toContainEqual({
    id: 'Serverless::Serverless-LambdaDLQ',
    path: 'Stack/Function/Handler/Function',
    reason: expect.stringMatching(/^CloudFormation itself notices/),
  });
});

describe('SwitchFunction', () => {
  test('works on the standby’s region, wherever it is itself, and on nothing else', () => {
    const template = templateOf((app) => {
      const stack = new Stack(app, 'Stack', { env: { region: 'ap-northeast-1' } });
      addSwitch(stack, SANDBOX);
      return stack;
    });
    expect(handlerOf(template).Properties.Environment).toMatchObject({
      Variables: {
        SWITCH_REGION: REGION,
        SYSTEM: 'intranet',
        PARAMETER: '/intranet/active-region',
        PRIMARY_REGION: 'ap-northeast-1',
        STANDBY_REGION: REGION,
      },
    });
    expect(rightsIn(template)).toEqual([
      allowed(['cloudwatch:PutMetricData'], ['*'], {
        StringEquals: { 'cloudwatch:namespace': 'DisasterRecovery' },
      }),
      allowed(
        ['ssm:GetParameter', 'ssm:PutParameter'],
        [`arn:<AWS::Partition>:ssm:${REGION}:${ACCOUNT}:parameter/intranet/active-region`],
      ),
    ]);
  });
});

describe('StartStepBackFunction', () => {
  test.each([
    [REGION, 'ap-northeast-1'],
    ['ap-northeast-1', REGION],
  ])('in %s may start the workflow of %s only', (region, otherRegion) => {
    const template = templateWith(
      (stack) => new StartStepBackFunction(stack, 'Function', { names: NAMES, region, profile: SANDBOX }),
    );
    const arn = `arn:<AWS::Partition>:states:${otherRegion}:${ACCOUNT}:stateMachine:intranet-step-back`;
    expect(rightsIn(template)).toEqual([allowed(['states:StartExecution'], [arn])]);
    const { Variables } = handlerOf(template).Properties.Environment as {
      Variables: Record<string, unknown>;
    };
    expect(Variables.OTHER_REGION).toBe(otherRegion);
    expect(textOf(Variables.STATE_MACHINE_ARN)).toBe(arn);
  });
});

test('NewestCopyFunction may list the copies of its region’s vault only', () => {
  const template = templateWith(addNewest);
  expect(rightsIn(template)).toEqual([
    allowed(
      ['backup:ListRecoveryPointsByBackupVault'],
      [`arn:<AWS::Partition>:backup:${REGION}:${ACCOUNT}:backup-vault:intranet-copies`],
    ),
  ]);
  expect(handlerOf(template).Properties.Environment).toMatchObject({
    Variables: { VAULT: 'intranet-copies' },
  });
});

describe('VerifyFunction', () => {
  const egressOf = (template: StackTemplate) =>
    Object.entries(resourcesOf(template, 'AWS::EC2::SecurityGroup'))
      .filter(([id]) => id.startsWith('Function'))
      .map(([, { Properties }]) => Properties);

  test('lets nothing out and nothing in until it is opened', () => {
    const [group] = egressOf(templateWith(addVerify));
    expect(group?.SecurityGroupIngress).toBeUndefined();
    expect(group?.SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }]);
  });

  test('lets out what is opened, and nothing else', () => {
    const template = templateWith((stack, profile) => {
      const { verify, vpc } = addVerify(stack, profile);
      verify.function.connections.allowTo(
        new ec2.SecurityGroup(stack, 'LoadBalancer', { vpc }),
        ec2.Port.tcp(80),
      );
    });
    const opened = Object.values(resourcesOf(template, 'AWS::EC2::SecurityGroupEgress'));
    expect(opened).toMatchObject([{ Properties: { FromPort: 80, ToPort: 80, IpProtocol: 'tcp' } }]);
    const [group] = egressOf(template);
    expect(group?.SecurityGroupIngress).toBeUndefined();
  });

  test('is in the subnets that it is given, and in its own security group', () => {
    const template = templateWith(addVerify);
    const { SecurityGroupIds, SubnetIds } = handlerOf(template).Properties.VpcConfig as {
      SecurityGroupIds: unknown[];
      SubnetIds: unknown[];
    };
    expect(SubnetIds.map(textOf).every((id) => id.includes('appSubnet'))).toBe(true);
    expect(SubnetIds).toHaveLength(2);
    expect(SecurityGroupIds.map(textOf)).toEqual([expect.stringMatching(/^<FunctionSecurityGroup/)]);
  });

  test('gives Lambda the right to its network interfaces, which the code may not use', () => {
    const interfaces = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ];
    expect(rightsIn(templateWith(addVerify))).toEqual([
      allowed(interfaces, ['*']),
      {
        effect: 'Deny',
        actions: interfaces,
        resources: ['*'],
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      },
    ]);
  });

  test('waits longer than its handler', () => {
    expect(handlerOf(templateWith(addVerify)).Properties.Timeout).toBeGreaterThan(10);
  });

  test.each([
    [{ protocol: 'https' as const, host: 'www.example.com' }, ['https', 'www.example.com', '/health']],
    [{ checkPath: '/' }, ['http', '', '/']],
  ])('asks as %o says', (props, [PROTOCOL, HOST, CHECK_PATH]) => {
    const template = templateWith((stack, profile) => addVerify(stack, profile, props));
    expect(handlerOf(template).Properties.Environment).toMatchObject({
      Variables: { PROTOCOL, HOST, CHECK_PATH },
    });
  });

  test('refuses all at once what can’t be asked', () => {
    const build = () =>
      templateWith((stack, profile) => addVerify(stack, profile, { protocol: 'https', checkPath: 'health' }));
    expect(build).toThrow(
      [
        'VerifyFunction at Stack/Function has 2 problems:',
        '  - host: "" is on no certificate; with https, give the domain name of the certificate.',
        '  - checkPath: "health" is no path; let it begin with a slash.',
      ].join('\n'),
    );
  });
});

describe('VaultEmptier', () => {
  const template = templateWith(addEmptier);
  const { id: vaultId } = theOnly(template, 'AWS::Backup::BackupVault');

  test('runs while the vault is still there, and its role still has its rights', () => {
    const { DependsOn, Properties } = theOnly(template, 'Custom::EmptyVault');
    expect(Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^FunctionHandlerFunction/), 'Arn'] },
      ServiceTimeout: '1800',
      VaultName: { 'Fn::GetAtt': [vaultId, 'BackupVaultName'] },
    });
    expect(DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^FunctionHandlerFunction/),
        expect.stringMatching(/^FunctionHandlerLogGroup/),
        expect.stringMatching(/^FunctionHandlerRoleDefaultPolicy/),
        vaultId,
      ]),
    );
  });

  test('may delete the copies that a system has, each with the right of the service that keeps it', () => {
    const ec2Arn = 'arn:<AWS::Partition>:ec2:<AWS::Region>::';
    const rdsArn = `arn:<AWS::Partition>:rds:<AWS::Region>:${ACCOUNT}:snapshot:awsbackup:*`;
    const deletion = (resources: string[]) => allowed(['backup:DeleteRecoveryPoint'], resources);
    const rights = rightsIn(template).map(({ resources, ...right }) =>
      resources.map((resource) => ({ ...right, resources: [resource] })),
    );
    expect(rights.flat()).toEqual(
      expect.arrayContaining([
        allowed(['backup:ListRecoveryPointsByBackupVault'], [`<${vaultId}.BackupVaultArn>`]),
        deletion([`${ec2Arn}image/*`]),
        deletion([`${ec2Arn}snapshot/*`]),
        deletion([rdsArn]),
        allowed(['ec2:DeregisterImage'], [`${ec2Arn}image/*`], BY_BACKUP),
        allowed(['ec2:DeleteSnapshot'], [`${ec2Arn}snapshot/*`], BY_BACKUP),
        allowed(['rds:DeleteDBSnapshot'], [rdsArn], BY_BACKUP),
        allowed(
          ['iam:CreateServiceLinkedRole'],
          [
            `arn:<AWS::Partition>:iam::${ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`,
          ],
          { StringEquals: { 'iam:AWSServiceName': 'backup.amazonaws.com' } },
        ),
      ]),
    );
    expect(rights.flat()).toHaveLength(8);
  });

  test('has the most time that a function can have', () => {
    expect(handlerOf(template).Properties.Timeout).toBe(900);
  });

  test('refuses a profile that keeps what leaves a stack', () => {
    expect(() => templateWith(addEmptier, PRODUCTION)).toThrow(
      'profile.removalPolicy: "retain" keeps what leaves a stack; leave VaultEmptier out, or give destroy.',
    );
  });
});
