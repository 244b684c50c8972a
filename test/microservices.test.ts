import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as kms from 'aws-cdk-lib/aws-kms';
import { expect } from 'vitest';
import { ADDON_VERSIONS } from '../lib/building-blocks/versions';
import { MicroservicesPlatform } from '../lib/microservices/microservices-platform';
import { MicroservicesStack, type MicroservicesStackProps } from '../lib/microservices/microservices-stack';
import { PRODUCTION, SANDBOX } from '../lib/profile';
import { createApp, resourcesOf, type StackTemplate, theOnly, withAssembly } from './support/apps';
import { REGION } from './support/deployed-values';
import { cyclesIn, orderProblems } from './support/destruction';
import { permissionsOf, serverOf, textOf, tiersOf } from './support/fleet';
import {
  type AlarmCase,
  expectAlarmsThatFire,
  expectMail,
  expectTopicForAlarms,
} from './support/fleet-alarms';
import { policyProblems } from './support/kubernetes-policies';
import { schemaProblems } from './support/kubernetes-schemas';
import {
  addOnsOf,
  boundsOf,
  DOMAIN,
  managedPoliciesOf,
  manifestsOf,
  objectOf,
  objectsAsApplied,
  ofKind,
  podOf,
  SERVICES,
  synthesize,
  synthesizeConstructs,
  synthesizeVariants,
  trustOf,
} from './support/microservices';
import { routesOf } from './support/network';
import { allowedFor } from './support/network-reach';
import { promisesOf } from './support/promises';
import { named, needsOf, plain, plainIn, plainText, referencesIn } from './support/resources';
import { productionProblems, sandboxProblems } from './support/round-trip';
import { shopAlarms } from './support/shop-alarms';

const promise = promisesOf('microservices', { elsewhere: ['test/deploy/shop.test.ts'] });

const VARIANTS = synthesizeVariants();
const of = (compute: string, profile = PRODUCTION): StackTemplate => {
  const found = VARIANTS.find((each) => each.compute === compute && each.profile === profile);
  if (!found) throw new Error(`there is no ${compute}`);
  return found.template;
};
const autoMode = of('autoMode');
const nodeGroup = of('nodeGroup');
const fargate = of('fargate');
const everything = synthesize({
  ...DOMAIN,
  publicAccessCidrs: ['198.51.100.0/24', '203.0.113.0/24'],
  mastersRoleArn: 'arn:aws:iam::123456789012:role/Administrator',
  supportType: 'EXTENDED',
  alarmEmail: 'alarms@example.com',
});

const NODES = ['Node 0', 'Node 1'];
const clusterOf = (template: StackTemplate) => theOnly(template, 'AWS::EKS::Cluster');
const nameOf = (template: StackTemplate) => textOf(clusterOf(template).Properties.Name);

promise('MS-1', () => {
  for (const { compute, template } of VARIANTS) {
    const { EndpointPrivateAccess, EndpointPublicAccess, SubnetIds } = clusterOf(template).Properties
      .ResourcesVpcConfig as Record<string, unknown>;
    expect([EndpointPrivateAccess, EndpointPublicAccess]).toEqual([true, false]);
    expect(tiersOf(template, SubnetIds)).toEqual(NODES);
    expect(routesOf(template)).toEqual({
      'LoadBalancer 0': '0.0.0.0/0 to AWS::EC2::InternetGateway',
      'LoadBalancer 1': '0.0.0.0/0 to AWS::EC2::InternetGateway',
      'Node 0': '0.0.0.0/0 to AWS::EC2::NatGateway',
      'Node 1': '0.0.0.0/0 to AWS::EC2::NatGateway',
    });
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::EC2::Subnet'))) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
    const endpoints = Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties }) => plainText(Properties.ServiceName)).sort()).toEqual([
      expect.stringMatching(/\.dynamodb$/),
      expect.stringMatching(/\.s3$/),
    ]);
    const inNetwork = Object.values(resourcesOf(template, 'AWS::Lambda::Function')).flatMap(
      ({ Properties }) => (Properties.VpcConfig as { SubnetIds: unknown } | undefined) ?? [],
    );
    expect(inNetwork.map(({ SubnetIds: subnets }) => tiersOf(template, subnets))).toEqual([NODES, NODES]);
    const nodes = Object.values(resourcesOf(template, 'AWS::EKS::Nodegroup'));
    const profiles = Object.values(resourcesOf(template, 'AWS::EKS::FargateProfile'));
    expect([nodes.length, profiles.length]).toEqual([
      compute === 'nodeGroup' ? 1 : 0,
      compute === 'fargate' ? 2 : 0,
    ]);
    for (const { Properties } of [...nodes, ...profiles]) {
      expect(tiersOf(template, Properties.Subnets)).toEqual(NODES);
    }
  }
  expect(clusterOf(everything).Properties.ResourcesVpcConfig).toMatchObject({
    EndpointPrivateAccess: true,
    EndpointPublicAccess: true,
    PublicAccessCidrs: ['198.51.100.0/24', '203.0.113.0/24'],
  });
});

promise('MS-2', () => {
  for (const { profile, template } of VARIANTS) {
    const cluster = clusterOf(template);
    const { EnabledTypes } = (cluster.Properties.Logging as { ClusterLogging: { EnabledTypes: unknown } })
      .ClusterLogging;
    expect(EnabledTypes).toEqual(
      ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
    );
    const log = named(template, 'AWS::Logs::LogGroup', 'ControlPlaneLog');
    expect(textOf(log.Properties.LogGroupName)).toBe(`/aws/eks/${nameOf(template)}/cluster`);
    expect(log.Properties.RetentionInDays).toBe(profile.logRetention);
    expect(cluster.DependsOn).toContain(log.id);
  }
});

promise('MS-3', () => {
  const encryption = (KeyArn: unknown) => [{ Provider: { KeyArn }, Resources: ['secrets'] }];
  for (const { profile, template } of VARIANTS) {
    const key = named(template, 'AWS::KMS::Key', 'ControlPlaneKey');
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect(key.DeletionPolicy).toBe(profile === PRODUCTION ? 'Retain' : 'Delete');
    expect(clusterOf(template).Properties.EncryptionConfig).toEqual(
      encryption({ 'Fn::GetAtt': [key.id, 'Arn'] }),
    );
  }
  const arn = 'arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012';
  const own = synthesizeConstructs((stack) => {
    new MicroservicesPlatform(stack, 'Platform', {
      secretsEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', arn),
    });
  });
  expect(clusterOf(own).Properties.EncryptionConfig).toEqual(encryption(arn));
  expect(resourcesOf(own, 'AWS::KMS::Key')).toEqual({});
});

promise('MS-4', () => {
  const administrators = (template: StackTemplate) =>
    Object.values(resourcesOf(template, 'AWS::EKS::AccessEntry')).map(({ Properties }) => ({
      who: plainText(Properties.PrincipalArn).replace(/.*ControlPlaneCluster/, ''),
      may: (Properties.AccessPolicies as { PolicyArn: unknown; AccessScope: { Type: string } }[]).map(
        ({ AccessScope, PolicyArn }) => `${textOf(PolicyArn).replace(/.*\//, '')} ${AccessScope.Type}`,
      ),
    }));
  const stack = {
    who: 'KubectlProviderHandlerServiceRole.Arn>',
    may: ['AmazonEKSClusterAdminPolicy cluster'],
  };
  for (const { template } of VARIANTS) {
    expect(administrators(template)).toEqual([stack]);
    expect(clusterOf(template).Properties.AccessConfig).toEqual({
      AuthenticationMode: 'API',
      BootstrapClusterCreatorAdminPermissions: false,
    });
    const { AssumeRolePolicyDocument } = named(
      template,
      'AWS::IAM::Role',
      'KubectlProviderHandlerServiceRole',
    ).Properties;
    expect(AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }],
    });
  }
  expect(administrators(everything)).toEqual(
    expect.arrayContaining([
      stack,
      {
        who: 'arn:aws:iam::123456789012:role/Administrator',
        may: ['AmazonEKSClusterAdminPolicy cluster'],
      },
    ]),
  );
  expect(administrators(everything)).toHaveLength(2);
});

promise('MS-5', () => {
  for (const { compute, template } of VARIANTS) {
    for (const service of SERVICES) {
      const role = named(template, 'AWS::IAM::Role', `${service}identityRole`);
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
      const trust = trustOf(role);
      expect(trust).toHaveLength(1);
      const { serviceAccountName } = podOf(template, service).pod as unknown as Record<string, string>;
      expect(serviceAccountName).toBe(service);
      const account = objectOf(template, 'ServiceAccount', service);
      expect(account.metadata.namespace).toBe('shop');
      expect(account.automountServiceAccountToken).toBe(false);
      const annotations = account.metadata.annotations;
      if (compute === 'fargate') {
        const provider = theOnly(template, 'AWS::IAM::OIDCProvider').id;
        const conditions = named(template, 'Custom::AWSCDKCfnJson', `${service}identityConditions`);
        expect(trust).toMatchObject([
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Principal: { Federated: { Ref: provider } },
            Condition: { StringEquals: { 'Fn::GetAtt': [conditions.id, 'Value'] } },
          },
        ]);
        const value = textOf(conditions.Properties.Value);
        expect(value).toContain(`:sub":"system:serviceaccount:shop:${service}"`);
        expect(value).toContain(':aud":"sts.amazonaws.com"');
        expect(annotations).toEqual({ 'eks.amazonaws.com/role-arn': `<${role.id}.Arn>` });
        continue;
      }
      expect(annotations).toBeUndefined();
      expect(trust).toEqual([
        {
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:RequestTag/eks-cluster-name': clusterOf(template).Properties.Name,
              'aws:RequestTag/kubernetes-namespace': 'shop',
              'aws:RequestTag/kubernetes-service-account': service,
            },
          },
        },
      ]);
      const association = named(
        template,
        'AWS::EKS::PodIdentityAssociation',
        `${service}identityAssociation`,
      );
      expect(association.Properties).toEqual({
        ClusterName: { Ref: clusterOf(template).id },
        Namespace: 'shop',
        ServiceAccount: service,
        RoleArn: { 'Fn::GetAtt': [role.id, 'Arn'] },
      });
    }
  }
});

promise('MS-5', () => {
  for (const { compute, template } of VARIANTS) {
    const { MicroservicesShopApplicationNamespace: namespace } = manifestsOf(template);
    const needed = needsOf(template, namespace?.id ?? '');
    for (const service of SERVICES) {
      // A pod that starts before its role's rights are there gets none, or fails.
      expect(needed).toContain(named(template, 'AWS::IAM::Role', `${service}identityRole`).id);
      expect(needed).toContain(named(template, 'AWS::IAM::Policy', `${service}identityRoleDefaultPolicy`).id);
      if (compute === 'fargate') continue;
      expect(needed).toContain(
        named(template, 'AWS::EKS::PodIdentityAssociation', `${service}identityAssociation`).id,
      );
    }
    const associations = Object.keys(resourcesOf(template, 'AWS::EKS::PodIdentityAssociation'));
    expect(associations).toHaveLength(compute === 'fargate' ? 0 : 7);
  }
});

const CLOUDWATCH = 'amazon-cloudwatch-observability';
const ADD_ONS = {
  autoMode: [CLOUDWATCH, 'metrics-server'],
  nodeGroup: [CLOUDWATCH, 'coredns', 'eks-pod-identity-agent', 'kube-proxy', 'metrics-server', 'vpc-cni'],
  fargate: ['coredns', 'metrics-server'],
} as const;

promise('MS-6', () => {
  for (const { compute, template } of VARIANTS) {
    expect(clusterOf(template).Properties).toMatchObject({
      Version: '1.36',
      UpgradePolicy: { SupportType: 'STANDARD' },
    });
    const addOns = addOnsOf(template);
    expect(Object.keys(addOns).sort()).toEqual(ADD_ONS[compute]);
    for (const name of ADD_ONS[compute]) {
      expect(addOns[name]).toMatchObject({
        AddonVersion: ADDON_VERSIONS[name],
        PreserveOnDelete: false,
        ClusterName: { Ref: clusterOf(template).id },
      });
    }
    const charts = Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart'));
    expect(charts.map(({ Properties }) => [Properties.Chart, Properties.Version])).toEqual(
      compute === 'autoMode' ? [] : [['aws-load-balancer-controller', '3.2.2']],
    );
    for (const { Properties } of charts) {
      expect(JSON.parse(textOf(Properties.Values)).image).toEqual({
        repository: 'public.ecr.aws/eks/aws-load-balancer-controller',
        tag: 'v3.2.2',
      });
    }
    if (compute !== 'autoMode') {
      expect(clusterOf(template).Properties.BootstrapSelfManagedAddons).toBe(false);
    }
  }
  expect(addOnsOf(fargate).coredns).toMatchObject({ ConfigurationValues: '{"computeType":"Fargate"}' });
  expect(addOnsOf(nodeGroup)['vpc-cni']).toMatchObject({
    ConfigurationValues: '{"enableNetworkPolicy":"true"}',
  });
  expect(clusterOf(everything).Properties.UpgradePolicy).toEqual({ SupportType: 'EXTENDED' });
});

promise('MS-7', () => {
  for (const { compute, template } of VARIANTS) {
    const arm = compute === 'fargate' ? 'amd64' : 'arm64';
    for (const service of SERVICES) {
      expect(podOf(template, service).pod.nodeSelector).toEqual({ 'kubernetes.io/arch': arm });
    }
    expect(clusterOf(template).Properties.ComputeConfig).toEqual(
      compute === 'autoMode'
        ? {
            Enabled: true,
            NodePools: ['system'],
            NodeRoleArn: { 'Fn::GetAtt': [named(template, 'AWS::IAM::Role', 'PlatformNodeRole').id, 'Arn'] },
          }
        : { Enabled: false },
    );
    expect(ofKind(template, 'NodePool').length).toBe(compute === 'autoMode' ? 1 : 0);
  }
  expect(objectOf(autoMode, 'NodePool', 'applications').spec).toMatchObject({
    limits: { cpu: '16' },
    template: {
      spec: {
        nodeClassRef: { name: 'default', kind: 'NodeClass', group: 'eks.amazonaws.com' },
        requirements: expect.arrayContaining([
          { key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] },
        ]),
      },
    },
  });
  expect(objectOf(autoMode, 'ConfigMap', 'amazon-vpc-cni').data).toEqual({
    'enable-network-policy-controller': 'true',
  });
  expect(managedPoliciesOf(named(autoMode, 'AWS::IAM::Role', 'PlatformNodeRole'))).toEqual([
    'AmazonEKSWorkerNodeMinimalPolicy',
    'AmazonEC2ContainerRegistryPullOnly',
  ]);
  expect(managedPoliciesOf(named(autoMode, 'AWS::IAM::Role', 'ControlPlaneRole'))).toEqual([
    'AmazonEKSClusterPolicy',
    'AmazonEKSComputePolicy',
    'AmazonEKSBlockStoragePolicy',
    'AmazonEKSLoadBalancingPolicy',
    'AmazonEKSNetworkingPolicy',
  ]);
});

promise('MS-7', () => {
  expect(serverOf(nodeGroup)).toMatchObject({
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 20 } },
    ],
  });
  const template = theOnly(nodeGroup, 'AWS::EC2::LaunchTemplate').id;
  expect(theOnly(nodeGroup, 'AWS::EKS::Nodegroup').Properties).toMatchObject({
    AmiType: 'AL2023_ARM_64_STANDARD',
    InstanceTypes: ['t4g.large'],
    ScalingConfig: { MinSize: 4, DesiredSize: 4, MaxSize: 5 },
    Version: '1.36',
    LaunchTemplate: {
      Id: { Ref: template },
      Version: { 'Fn::GetAtt': [template, 'LatestVersionNumber'] },
    },
    NodeRepairConfig: { Enabled: true },
  });
  expect(managedPoliciesOf(named(nodeGroup, 'AWS::IAM::Role', 'ComputeNodeRole'))).toEqual([
    'AmazonEKSWorkerNodePolicy',
    'AmazonEC2ContainerRegistryPullOnly',
    'AmazonEKS_CNI_Policy',
  ]);
  for (const template of [nodeGroup, fargate]) {
    expect(managedPoliciesOf(named(template, 'AWS::IAM::Role', 'ControlPlaneRole'))).toEqual([
      'AmazonEKSClusterPolicy',
    ]);
  }
  const profiles = Object.values(resourcesOf(fargate, 'AWS::EKS::FargateProfile'));
  expect(profiles.map(({ Properties }) => Properties.Selectors)).toMatchObject([
    [{ Namespace: 'kube-system' }],
    [{ Namespace: 'shop' }],
  ]);
  const role = named(fargate, 'AWS::IAM::Role', 'PodExecutionRole');
  expect(managedPoliciesOf(role)).toEqual(['AmazonEKSFargatePodExecutionRolePolicy']);
  expect(trustOf(role)).toMatchObject([
    {
      Principal: { Service: 'eks-fargate-pods.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
  expect(
    permissionsOf(fargate, role.id).map(([actions, resource]) => [actions, plainText(resource)]),
  ).toEqual([['logs:CreateLogStream logs:PutLogEvents', '<MicroservicesPlatformLogsapplication.Arn>']]);
  const logging = objectOf(fargate, 'ConfigMap', 'aws-logging').data?.['output.conf'];
  expect(logging).toContain(
    `log_group_name <${named(fargate, 'AWS::Logs::LogGroup', 'Logsapplication').id}>`,
  );
  expect(logging).toContain('region <AWS::Region>');
});

promise('MS-7', () => {
  const trusted = (template: StackTemplate, words: string) =>
    trustOf(named(template, 'AWS::IAM::Role', words)).map(({ Action, Principal }) => [
      [Action].flat(),
      (Principal as { Service: string }).Service,
    ]);
  const withTags = ['sts:AssumeRole', 'sts:TagSession'];
  for (const { compute, template } of VARIANTS) {
    expect(trusted(template, 'ControlPlaneRole')).toEqual([[withTags, 'eks.amazonaws.com']]);
    if (compute === 'fargate') continue;
    const nodes = compute === 'autoMode' ? 'PlatformNodeRole' : 'ComputeNodeRole';
    expect(trusted(template, nodes)).toEqual([[['sts:AssumeRole'], 'ec2.amazonaws.com']]);
    expect(trusted(template, 'CloudWatchRole')).toEqual([[withTags, 'pods.eks.amazonaws.com']]);
    const role = named(template, 'AWS::IAM::Role', 'CloudWatchRole');
    expect(managedPoliciesOf(role)).toEqual(['CloudWatchAgentServerPolicy']);
    const association = named(template, 'AWS::EKS::PodIdentityAssociation', 'CloudWatchAssociation');
    expect(association.Properties).toEqual({
      ClusterName: { Ref: clusterOf(template).id },
      Namespace: 'amazon-cloudwatch',
      ServiceAccount: 'cloudwatch-agent',
      RoleArn: { 'Fn::GetAtt': [role.id, 'Arn'] },
    });
    // Agents that start before get no credentials.
    const addOn = named(template, 'AWS::EKS::Addon', 'cloudwatchobservability').id;
    const before = Object.keys(resourcesOf(template, 'AWS::EKS::Nodegroup'));
    for (const each of [association.id, ...before]) {
      expect(orderProblems(template, [addOn, each])).toEqual([]);
    }
  }
});

promise('MS-7', () => {
  // Nodes become ready with a network only, pods get no credentials without the agent, and the others need nodes.
  const addOn = (template: StackTemplate, words: string) => named(template, 'AWS::EKS::Addon', words).id;
  const nodes = theOnly(nodeGroup, 'AWS::EKS::Nodegroup').id;
  for (const first of ['vpccni', 'kubeproxy', 'podidentityagent']) {
    expect(orderProblems(nodeGroup, [nodes, addOn(nodeGroup, first)])).toEqual([]);
  }
  for (const later of ['coredns', 'metricsserver']) {
    expect(orderProblems(nodeGroup, [addOn(nodeGroup, later), nodes])).toEqual([]);
  }
  const system = named(fargate, 'AWS::EKS::FargateProfile', 'Profilekubesystem').id;
  const dns = addOn(fargate, 'coredns');
  expect(orderProblems(fargate, [addOn(fargate, 'metricsserver'), dns, system])).toEqual([]);
  for (const template of [nodeGroup, fargate]) {
    const controller = theOnly(template, 'Custom::AWSCDK-EKS-HelmChart').id;
    expect(orderProblems(template, [controller, addOn(template, 'coredns')])).toEqual([]);
  }
  const pool = named(autoMode, 'Custom::AWSCDK-EKS-KubernetesResource', 'ComputeNodePool').id;
  expect(orderProblems(autoMode, [addOn(autoMode, 'metricsserver'), pool])).toEqual([]);
  for (const { template } of VARIANTS) {
    const namespace = named(template, 'Custom::AWSCDK-EKS-KubernetesResource', 'ApplicationNamespace').id;
    for (const needed of ['coredns', 'metricsserver']) {
      const found = Object.keys(resourcesOf(template, 'AWS::EKS::Addon')).filter((id) => id.includes(needed));
      for (const id of found) expect(orderProblems(template, [namespace, id])).toEqual([]);
    }
  }
});

promise('MS-8', () => {
  for (const { name, template } of [...VARIANTS, { name: 'everything', template: everything }]) {
    const objects = objectsAsApplied(template);
    expect(objects.flatMap(schemaProblems), name).toEqual([]);
    expect(policyProblems(objects), name).toEqual([]);
    expect(objectOf(template, 'Namespace', 'shop').metadata.labels).toMatchObject(
      Object.fromEntries(
        ['enforce', 'audit', 'warn'].flatMap((mode) => [
          [`pod-security.kubernetes.io/${mode}`, 'restricted'],
          [`pod-security.kubernetes.io/${mode}-version`, 'v1.36'],
        ]),
      ),
    );
    expect(manifestsOf(template)).not.toEqual({});
    for (const [id, { Properties }] of Object.entries(manifestsOf(template))) {
      // A second attempt finds what the first one has left. The controller's account is applied by aws-cdk-lib.
      if (!id.includes('LoadBalancersController')) expect(Properties.Overwrite).toBe(true);
      expect(Properties.ClusterName).toEqual({ Ref: clusterOf(template).id });
    }
  }
});

/** Whom each service of the shop calls, and from where it is called. */
const CALLS: Record<(typeof SERVICES)[number], [to: string[], from: string[]]> = {
  product: [[], ['cart 8080', 'order 8081']],
  cart: [['customer 8080', 'order 8081', 'product 8080'], []],
  order: [['customer 8080', 'payment 8081', 'product 8081'], ['cart 8081']],
  payment: [['customer 8080'], ['order 8081']],
  customer: [[], ['cart 8080', 'order 8080', 'payment 8080', 'review 8080']],
  review: [['customer 8080'], []],
};

promise('MS-9', () => {
  for (const { compute, template } of VARIANTS) {
    const vpc = theOnly(template, 'AWS::EC2::VPC').id;
    const dns = compute === 'autoMode' ? '172.20.0.10/32' : 'kube-system/kube-dns';
    const common = [
      `${dns} 53`,
      `${dns} udp/53`,
      '169.254.170.23/32 80',
      `0.0.0.0/0 except <${vpc}.CidrBlock> except 172.20.0.0/16 443`,
      'amazon-cloudwatch 4316',
    ];
    for (const service of SERVICES) {
      const [to, from] = CALLS[service];
      const allowed = (['Ingress', 'Egress'] as const).map((way) => allowedFor(template, service, way));
      expect(allowed, service).toEqual(
        compute === 'fargate'
          ? [['everything'], ['everything']]
          : [['10.0.0.0/18 8080', '10.0.64.0/18 8080', ...from].toSorted(), [...common, ...to].toSorted()],
      );
    }
    // The range that the policies except is the cluster's.
    expect(clusterOf(template).Properties.KubernetesNetworkConfig).toMatchObject({
      ServiceIpv4Cidr: '172.20.0.0/16',
    });
    const policies = ofKind(template, 'NetworkPolicy');
    expect(policies.every(({ metadata }) => metadata.namespace === 'shop')).toBe(true);
    expect(policies).toHaveLength(compute === 'fargate' ? 0 : 11);
  }
});

promise('MS-9', () => {
  for (const { compute, template } of VARIANTS) {
    for (const service of SERVICES) {
      const { container, variables } = podOf(template, service);
      const [called] = CALLS[service];
      const addresses = Object.entries(variables).filter(([, value]) => value.startsWith('http://'));
      expect(addresses.map(([name, value]) => [name, value]).sort()).toEqual(
        [
          ...called.map((call) => {
            const [to = '', port] = call.split(' ');
            return [`${to.toUpperCase()}_URL`, `http://${to}:${port}`];
          }),
          ...(compute === 'fargate'
            ? []
            : [['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://cloudwatch-agent.amazon-cloudwatch:4316']]),
        ].sort(),
      );
      const internal = ['product', 'order', 'payment'].includes(service);
      expect([variables.PORT, variables.INTERNAL_PORT]).toEqual(['8080', internal ? '8081' : undefined]);
      expect(variables.AWS_REGION).toBe('<AWS::Region>');
      expect(container.ports.map(({ containerPort, name }) => [name, containerPort])).toEqual([
        ['http', 8080],
        ...(internal ? [['internal', 8081]] : []),
      ]);
    }
  }
});

promise('MS-10', () => {
  for (const { compute, template } of VARIANTS) {
    const gate =
      compute === 'autoMode'
        ? 'eks.amazonaws.com/pod-readiness-gate-inject'
        : 'elbv2.k8s.aws/pod-readiness-gate-inject';
    expect(objectOf(template, 'Namespace', 'shop').metadata.labels?.[gate]).toBe('enabled');
    const annotations = objectOf(template, 'Ingress', 'shop').metadata.annotations ?? {};
    const [, delay = ''] =
      /^deregistration_delay\.timeout_seconds=(\d+)$/.exec(
        annotations['alb.ingress.kubernetes.io/target-group-attributes'] ?? '',
      ) ?? [];
    expect(annotations).toMatchObject({
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
    });
    const manifests = manifestsOf(template);
    for (const service of SERVICES) {
      const deployment = objectOf(template, 'Deployment', service);
      expect(deployment.spec).toMatchObject({
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      });
      const { container, pod } = podOf(template, service);
      expect(container).toMatchObject({
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
        lifecycle: { preStop: { sleep: { seconds: 20 } } },
      });
      // It waits, ends its requests in 25 seconds, and is not killed before the load balancer has let go of it.
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(20 + 25);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(delay));
      // Only pods that come after the Ingress and their Service get the gate.
      const needed = needsOf(template, manifests[deployment.resource]?.id ?? '');
      for (const { resource } of [
        objectOf(template, 'Ingress', 'shop'),
        objectOf(template, 'Service', service),
        objectOf(template, 'ServiceAccount', service),
      ]) {
        expect(needed).toContain(manifests[resource]?.id);
      }
    }
  }
});

/** A number with a unit of Kubernetes. */
const amount = (quantity: unknown) => Number.parseInt(String(quantity), 10);

promise('MS-11', () => {
  for (const { compute, profile, template } of VARIANTS) {
    const sum = { pods: 0, 'requests.cpu': 0, 'limits.cpu': 0, 'requests.memory': 0, 'limits.memory': 0 };
    const [least, cpu] = profile === PRODUCTION ? [2, 250] : [1, 100];
    for (const service of SERVICES) {
      expect(boundsOf(template, service)).toEqual([least, 2 * least]);
      expect(objectOf(template, 'HorizontalPodAutoscaler', service).spec).toMatchObject({
        scaleTargetRef: { kind: 'Deployment', name: service },
        metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 60 } } }],
      });
      expect(objectOf(template, 'Deployment', service).spec).not.toHaveProperty('replicas');
      expect(objectOf(template, 'PodDisruptionBudget', service).spec).toMatchObject({
        maxUnavailable: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': service } },
      });
      const { container, pod } = podOf(template, service);
      const { limits, requests } = container.resources;
      expect([limits, requests]).toEqual([
        { cpu: `${compute === 'fargate' ? cpu : 2 * cpu}m`, memory: '256Mi' },
        { cpu: `${cpu}m`, memory: '256Mi' },
      ]);
      expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual(
        compute === 'fargate' ? undefined : ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
      );
      // All old pods count until they have ended, all new ones, and a quarter more.
      const most = 2 * least + 2 * least + Math.ceil((2 * least) / 4);
      sum.pods += most;
      sum['requests.cpu'] += most * amount(requests.cpu);
      sum['limits.cpu'] += most * amount(limits.cpu);
      sum['requests.memory'] += most * amount(requests.memory);
      sum['limits.memory'] += most * amount(limits.memory);
    }
    const { hard } = objectOf(template, 'ResourceQuota', 'quota').spec as { hard: Record<string, string> };
    for (const [name, needed] of Object.entries(sum)) expect(amount(hard[name]), name).toBe(needed);
  }
});

/** The annotations of the Ingress, without the words that all begin with. */
const annotationsOf = (template: StackTemplate): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectOf(template, 'Ingress', 'shop').metadata.annotations ?? {}).map(([key, value]) => [
      key.replace('alb.ingress.kubernetes.io/', ''),
      value,
    ]),
  );

/** What is set for the load balancer by its class, and its attributes. */
const classOf = (template: StackTemplate) => {
  const spec = objectOf(template, 'IngressClassParams', 'shop').spec ?? {};
  const attributes = spec.loadBalancerAttributes as { key: string; value: string }[];
  return { spec, attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value])) };
};

promise('MS-12', () => {
  for (const { compute, profile, template } of VARIANTS) {
    const annotations = annotationsOf(template);
    expect(annotations['listen-ports']).toBe('[{"HTTP":80}]');
    expect(annotations).not.toHaveProperty('ssl-redirect');
    expect(annotations).not.toHaveProperty('inbound-cidrs');
    const { attributes, spec } = classOf(template);
    const bucket = named(template, 'AWS::S3::Bucket', 'AccessLogsBucket').id;
    expect(attributes).toEqual({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': `<${bucket}>`,
      'access_logs.s3.prefix': 'load-balancer',
      'deletion_protection.enabled': String(profile.deletionProtection),
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
    const subnets = (spec.subnets as { ids: string[] }).ids.map((id) => ({ Ref: id.slice(1, -1) }));
    expect(tiersOf(template, subnets)).toEqual(['LoadBalancer 0', 'LoadBalancer 1']);
    expect(spec).toMatchObject({
      scheme: 'internet-facing',
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
    });
    const controller = compute === 'autoMode' ? 'eks.amazonaws.com/alb' : 'ingress.k8s.aws/alb';
    expect(objectOf(template, 'IngressClass', 'shop').spec).toMatchObject({
      controller,
      parameters: { kind: 'IngressClassParams', name: 'shop' },
    });
    expect(objectOf(template, 'Ingress', 'shop').spec).toMatchObject({ ingressClassName: 'shop' });
    const firewalls = Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'));
    expect(firewalls).toHaveLength(profile === PRODUCTION ? 1 : 0);
    expect(annotations['wafv2-acl-arn']).toBe(profile === PRODUCTION ? `<${firewalls[0]}.Arn>` : undefined);
    // What Elastic Load Balancing may write where, before it is told to.
    const policy = named(template, 'AWS::S3::BucketPolicy', 'AccessLogsBucketPolicy').id;
    const applied = objectOf(template, 'IngressClassParams', 'shop').resource;
    expect(needsOf(template, manifestsOf(template)[applied]?.id ?? '')).toContain(policy);
  }
});

promise('MS-12', () => {
  expect(annotationsOf(everything)).toMatchObject({
    'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
    'ssl-redirect': '443',
    'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  });
  const certificate = theOnly(everything, 'AWS::CertificateManager::Certificate');
  expect(certificate.Properties).toMatchObject({ DomainName: 'shop.example.com', ValidationMethod: 'DNS' });
  expect(classOf(everything).spec).toMatchObject({ certificateARNs: [`<${certificate.id}>`] });
  const elsewhere = synthesize({ ...DOMAIN, compute: 'nodeGroup' });
  expect(classOf(elsewhere).spec).toMatchObject({
    certificateArn: [`<${theOnly(elsewhere, 'AWS::CertificateManager::Certificate').id}>`],
  });
  for (const template of [everything, elsewhere]) {
    const balancer = theOnly(template, 'Custom::LoadBalancerOfCluster').id;
    const record = theOnly(template, 'AWS::Route53::RecordSet').Properties;
    expect(record).toMatchObject({
      Name: 'shop.example.com.',
      Type: 'A',
      AliasTarget: { HostedZoneId: { 'Fn::GetAtt': [balancer, 'CanonicalHostedZoneId'] } },
    });
    expect(textOf((record.AliasTarget as { DNSName: unknown }).DNSName)).toBe(
      `dualstack.<${balancer}.DnsName>`,
    );
    expect(template.Outputs?.SiteUrl?.Value).toBe('https://shop.example.com');
  }
  const offices = synthesize({ clientRanges: ['198.51.100.0/24', '203.0.113.0/24'] });
  expect(annotationsOf(offices)['inbound-cidrs']).toBe('198.51.100.0/24,203.0.113.0/24');
  expect(annotationsOf(offices)).not.toHaveProperty('wafv2-acl-arn');
  expect(resourcesOf(offices, 'AWS::WAFv2::WebACL')).toEqual({});
  const guarded = synthesize({ profile: SANDBOX, webApplicationFirewall: true });
  expect(annotationsOf(guarded)).toHaveProperty('wafv2-acl-arn');
});

promise('MS-12', () => {
  const { spec } = objectOf(autoMode, 'Ingress', 'shop') as unknown as {
    spec: {
      rules: { http: { paths: { path: string; backend: { service: { name: string; port: object } } }[] } }[];
    };
  };
  const [rule, ...others] = spec.rules;
  expect(others).toEqual([]);
  const routes = rule?.http.paths.map(({ backend, path }) => `${path} ${backend.service.name}`) ?? [];
  expect(routes.toSorted()).toEqual([
    '/ product',
    '/.well-known/jwks.json customer',
    '/cart cart',
    '/customers customer',
    '/orders order',
    '/payment-methods payment',
    '/products product',
    '/reviews review',
    '/sessions customer',
  ]);
  expect(routes.at(-1)).toBe('/ product');
  // The internal ports have no name that a route leads to.
  expect(rule?.http.paths.every(({ backend }) => 'name' in backend.service.port)).toBe(true);
  expect(JSON.stringify(spec)).not.toContain('internal');
});

promise('MS-13', () => {
  for (const { compute, name, template } of [
    ...VARIANTS,
    { name: 'everything', compute: 'autoMode', template: everything },
  ]) {
    const manifest = (words: string) => named(template, 'Custom::AWSCDK-EKS-KubernetesResource', words).id;
    const watch = theOnly(template, 'Custom::RemovalOfLoadBalancers').id;
    const cluster = clusterOf(template).id;
    const computes: Record<string, string[]> = {
      autoMode: ['ComputeNodePool'],
      nodeGroup: ['LoadBalancersController', 'coredns', 'ComputeNodes'],
      fargate: ['LoadBalancersController', 'coredns', 'Profilekubesystem'],
    };
    const compute_ = (computes[compute] ?? []).map(
      (words) =>
        Object.keys(template.Resources).find(
          (id) => plain(id).endsWith(`Platform${words}`) || plain(id).endsWith(`Compute${words}`),
        ) ?? words,
    );
    for (const service of SERVICES) {
      const way = [
        manifest(`Application${service}pods`),
        manifest('ApplicationIngress'),
        watch,
        manifest('ApplicationIngressClass'),
        manifest('ApplicationNamespace'),
        ...compute_,
        cluster,
      ];
      expect(orderProblems(template, way), name).toEqual([]);
      expect(
        orderProblems(template, [
          manifest('ApplicationIngress'),
          manifest(`Application${service}service`),
          manifest('ApplicationNamespace'),
        ]),
      ).toEqual([]);
    }
    for (const last of [
      named(template, 'AWS::Logs::LogGroup', 'ControlPlaneLog').id,
      theOnly(template, 'AWS::EC2::VPC').id,
      ...Object.keys(resourcesOf(template, 'AWS::EC2::NatGateway')),
      ...Object.keys(resourcesOf(template, 'AWS::EC2::Route')),
      ...Object.keys(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation')),
      ...Object.keys(resourcesOf(template, 'AWS::EC2::VPCGatewayAttachment')),
    ]) {
      expect(orderProblems(template, [cluster, last]), name).toEqual([]);
    }
    for (const firewall of Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'))) {
      expect(orderProblems(template, [watch, firewall])).toEqual([]);
    }
    expect(
      orderProblems(template, [watch, named(template, 'AWS::S3::Bucket', 'AccessLogsBucket').id]),
    ).toEqual([]);
    expect(cyclesIn(template), name).toEqual([]);
  }
});

promise('MS-13', () => {
  for (const { compute, name, profile, template } of VARIANTS) {
    expect(profile === SANDBOX ? sandboxProblems(template) : productionProblems(template), name).toEqual([]);
    // Those who write a log group come after it, and go before it.
    const groups = (words: string) => named(template, 'AWS::Logs::LogGroup', words).id;
    const writers =
      compute === 'fargate'
        ? [
            [
              named(template, 'Custom::AWSCDK-EKS-KubernetesResource', 'ComputeLogging').id,
              groups('Logsapplication'),
            ],
          ]
        : ['application', 'dataplane', 'host', 'performance'].map((group) => [
            named(template, 'AWS::EKS::Addon', 'cloudwatchobservability').id,
            groups(`Logs${group}`),
          ]);
    for (const pair of writers) expect(orderProblems(template, pair), name).toEqual([]);
    for (const { id } of Object.values(manifestsOf(template))) {
      expect(orderProblems(template, [id, groups('KubectlLog')]), name).toEqual([]);
    }
    for (const [id, { Properties }] of Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays, id).toBe(profile.logRetention);
    }
    // A cluster that stayed would hold on to the network.
    for (const [id, { DeletionPolicy, Type }] of Object.entries(template.Resources)) {
      if (!plain(id).includes('ControlPlaneCluster') || Type === 'AWS::Logs::LogGroup') continue;
      expect(DeletionPolicy ?? 'Delete', id).toBe('Delete');
    }
    expect(clusterOf(template).Properties.DeletionProtection).toBe(profile.deletionProtection);
    for (const words of ['ControlPlaneLog', 'Logsapplication']) {
      // The name of one that a failed creation leaves would be taken at the next attempt.
      expect(template.Resources[groups(words)]?.DeletionPolicy).toBe(
        profile === PRODUCTION ? 'RetainExceptOnCreate' : 'Delete',
      );
    }
  }
});

promise('MS-13', () => {
  for (const { template } of VARIANTS) {
    const names = [
      clusterOf(template).Properties.Name,
      theOnly(template, 'Custom::LoadBalancerOfCluster').Properties.ClusterName,
    ];
    expect(names.map(textOf)).toEqual(Array(2).fill(expect.stringMatching(/^<AWS::StackName>-[0-9a-f]{8}$/)));
    expect(theOnly(template, 'Custom::RemovalOfLoadBalancers').Properties).toMatchObject({
      ClusterName: clusterOf(template).Properties.Name,
      VpcId: { Ref: theOnly(template, 'AWS::EC2::VPC').id },
    });
    const functions = Object.values(resourcesOf(template, 'AWS::Lambda::Function')).filter(
      ({ Properties }) => Properties.LoggingConfig !== undefined,
    );
    expect(functions).toHaveLength(4);
    for (const { Properties } of functions) {
      const { LogGroup } = Properties.LoggingConfig as { LogGroup: { Ref: string } };
      expect(template.Resources[LogGroup.Ref]?.Type).toBe('AWS::Logs::LogGroup');
    }
  }
});

promise('MS-14', () => {
  for (const { compute, profile, template } of VARIANTS) {
    const balancer = theOnly(template, 'Custom::LoadBalancerOfCluster').id;
    const atLoadBalancer = (statistic: string) => ({
      namespace: 'AWS/ApplicationELB',
      statistic,
      period: 60,
      dimensions: { LoadBalancer: fullNameOf(balancer) },
    });
    const ofNodes: Record<string, AlarmCase> = {
      NodeFailed: {
        watches: {
          cluster_failed_node_count: {
            namespace: 'ContainerInsights',
            statistic: 'Maximum',
            period: 60,
            dimensions: { ClusterName: clusterOf(template).Properties.Name },
          },
        },
        fires: [{ cluster_failed_node_count: minutes(10, 1) }],
        stays: [{ cluster_failed_node_count: [0, ...minutes(9, 1)] }],
        silent: 'OK',
      },
    };
    const hasInsights = compute !== 'fargate' && profile.detailedMonitoring;
    const alarms = {
      ...(hasInsights ? ofNodes : {}),
      shopErrorRateHigh: {
        watches: {
          RequestCount: atLoadBalancer('Sum'),
          HTTPCode_ELB_5XX_Count: atLoadBalancer('Sum'),
          HTTPCode_Target_5XX_Count: atLoadBalancer('Sum'),
        },
        fires: [answers([6, undefined, 6, 0, 6])],
        stays: [answers(minutes(5, 5)), answers([100, 100, undefined, 0, 0])],
        silent: 'OK' as const,
      },
      shopLatencyHigh: {
        watches: { TargetResponseTime: atLoadBalancer('p99') },
        fires: [{ TargetResponseTime: [2.1, 0.1, 3, 0.1, 9] }],
        stays: [{ TargetResponseTime: minutes(5, 2) }],
        silent: 'OK',
      },
      ...shopAlarms(template),
    } satisfies Record<string, AlarmCase>;
    const topic = named(template, 'AWS::SNS::Topic', 'MonitoringAlarmTopic').id;
    expectAlarmsThatFire(template, alarms, { Ref: topic });
    expectTopicForAlarms(partOf(template, 'PlatformMonitoring'));
    const dashboard = JSON.stringify(theOnly(template, 'AWS::CloudWatch::Dashboard').Properties);
    for (const metric of [
      'cluster_node_count',
      'node_cpu_utilization',
      'node_cpu_reserved_capacity',
      'node_memory_utilization',
      'node_memory_reserved_capacity',
    ]) {
      expect(dashboard.includes(metric), metric).toBe(hasInsights);
    }
    for (const metric of ['RequestCount', 'TargetResponseTime', 'HTTPCode_ELB_5XX_Count', 'StepTime']) {
      expect(dashboard).toContain(metric);
    }
    expect(addOnsOf(template)[CLOUDWATCH]?.ConfigurationValues).toBe(
      compute === 'fargate' || hasInsights ? undefined : '{"containerInsights":{"enabled":false}}',
    );
  }
  expectMail(partOf(everything, 'PlatformMonitoring'), 'alarms@example.com');
});

const minutes = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);

/** The resources of a part of a template. */
const partOf = (template: StackTemplate, words: string): StackTemplate => ({
  Resources: Object.fromEntries(Object.entries(template.Resources).filter(([id]) => id.includes(words))),
});

/** A hundred requests a minute, and errors of the servers. */
const answers = (errors: (number | undefined)[]) => ({
  RequestCount: minutes(5, 100),
  HTTPCode_ELB_5XX_Count: minutes(5, undefined),
  HTTPCode_Target_5XX_Count: errors,
});

/** `app/name/id`, out of the ARN of the load balancer that was found. */
const fullNameOf = (balancer: string) => {
  const part = (index: number) => ({
    'Fn::Select': [index, { 'Fn::Split': ['/', { 'Fn::GetAtt': [balancer, 'Arn'] }] }],
  });
  return { 'Fn::Join': ['', [part(1), '/', part(2), '/', part(3)]] };
};

/** What a service's role may do, in plain ids. */
const rightsOf = (template: StackTemplate, service: string): [actions: string, resource: string][] =>
  permissionsOf(template, named(template, 'AWS::IAM::Role', `${service}identityRole`).id).map(
    ([actions, resource]) => [actions, plainIn(resource)],
  );

const capital = (word: string) => word.replace(/^./, (letter) => letter.toUpperCase());

promise('MS-15', () => {
  for (const { template } of VARIANTS) {
    const tables = Object.keys(resourcesOf(template, 'AWS::DynamoDB::GlobalTable'));
    expect(tables.map(plain).sort()).toEqual(
      SERVICES.map((service) => `MicroservicesShopResources${capital(service)}Table`).sort(),
    );
    for (const service of SERVICES) {
      const own = named(template, 'AWS::DynamoDB::GlobalTable', `${capital(service)}Table`);
      expect(podOf(template, service).variables.TABLE_NAME).toBe(`<${own.id}>`);
      const ofTables = rightsOf(template, service).filter(([actions]) => actions.includes('dynamodb:'));
      expect(ofTables).not.toEqual([]);
      for (const [actions, resource] of ofTables) {
        expect(resource).toMatch(new RegExp(`^<${plain(own.id)}\\.Arn>(/index/\\w+)?$`));
        expect(actions).not.toMatch(/\*|Scan|Table/);
      }
    }
    // Nobody else of the stack may read any.
    const readers = Object.values(resourcesOf(template, 'AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes('dynamodb:'),
    );
    expect(readers).toHaveLength(SERVICES.length);
    expect(
      Object.values(resourcesOf(template, 'AWS::IAM::Role')).flatMap(managedPoliciesOf).join(),
    ).not.toMatch(/DynamoDB|PowerUser|AdministratorAccess/);
  }
});

promise('MS-15', () => {
  const others: Record<(typeof SERVICES)[number], string[]> = {
    product: ['sqs:DeleteMessage sqs:ReceiveMessage <MicroservicesShopResourcesEventsProductQueue.Arn>'],
    cart: ['sqs:DeleteMessage sqs:ReceiveMessage <MicroservicesShopResourcesEventsCartQueue.Arn>'],
    order: ['sns:Publish <MicroservicesShopResourcesEventsOrderTopic>'],
    payment: [],
    customer: ['secretsmanager:GetSecretValue <MicroservicesShopResourcesSigningSecret>'],
    review: [
      'sns:Publish <MicroservicesShopResourcesEventsReviewTopic>',
      'sqs:DeleteMessage sqs:ReceiveMessage <MicroservicesShopResourcesEventsReviewQueue.Arn>',
    ],
  };
  for (const { template } of VARIANTS) {
    for (const service of SERVICES) {
      const rights = rightsOf(template, service).filter(([actions]) => !actions.includes('dynamodb:'));
      expect(rights.map((each) => each.join(' ')).sort(), service).toEqual(others[service]);
    }
  }
});

promise('MS-16', () => {
  for (const { template } of VARIANTS) {
    const key = named(template, 'AWS::KMS::Key', 'PaymentKey');
    const { Statement } = key.Properties.KeyPolicy as {
      Statement: { Effect: string; Action: string | string[]; Principal: unknown; Condition?: unknown }[];
    };
    const [administration, use, ...more] = Statement;
    expect(more).toEqual([]);
    const keeping = [administration?.Action ?? []].flat();
    expect(
      keeping.filter(
        (action) =>
          !/^kms:(Cancel|Create|Delete|Describe|Disable|Enable|Get|List|Put|Revoke|Rotate|Schedule|Tag|Untag|Update)/.test(
            action,
          ),
      ),
    ).toEqual([]);
    expect(keeping.join()).not.toMatch(
      /\*|CreateGrant|Encrypt|Decrypt|GenerateDataKey|GetPublicKey|GetParameters/,
    );
    expect(use).toMatchObject({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:Encrypt'],
      Principal: {
        AWS: { 'Fn::GetAtt': [named(template, 'AWS::IAM::Role', 'paymentidentityRole').id, 'Arn'] },
      },
    });
    expect(podOf(template, 'payment').variables.KEY_ID).toBe(`<${key.id}.Arn>`);
    const named_ = Object.values(resourcesOf(template, 'AWS::IAM::Policy')).filter(({ Properties }) =>
      referencesIn(Properties).includes(key.id),
    );
    expect(named_).toEqual([]);
    for (const service of SERVICES.filter((each) => each !== 'payment')) {
      expect(podOf(template, service).variables).not.toHaveProperty('KEY_ID');
    }
  }
});

promise('MS-17', () => {
  const own = ['AWS_REGION', 'INTERNAL_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'PORT'];
  const given: Record<(typeof SERVICES)[number], string[]> = {
    product: ['QUEUE_URL', 'TABLE_NAME', 'VERSION'],
    cart: ['CUSTOMER_URL', 'ORDER_URL', 'PRODUCT_URL', 'QUEUE_URL', 'TABLE_NAME', 'VERSION'],
    order: ['CUSTOMER_URL', 'PAYMENT_URL', 'PRODUCT_URL', 'TABLE_NAME', 'TOPIC_ARN', 'VERSION'],
    payment: ['CUSTOMER_URL', 'KEY_ID', 'TABLE_NAME', 'VERSION'],
    customer: ['SIGNING_SECRET_ID', 'TABLE_NAME', 'VERSION'],
    review: ['CUSTOMER_URL', 'QUEUE_URL', 'TABLE_NAME', 'TOPIC_ARN', 'VERSION'],
  };
  for (const { template } of VARIANTS) {
    for (const service of SERVICES) {
      // Nothing makes a service log more than it does by itself, or send what it gets elsewhere.
      const names = Object.keys(podOf(template, service).variables).filter((name) => !own.includes(name));
      expect(names.sort(), service).toEqual(given[service]);
    }
    const routes = JSON.stringify(objectOf(template, 'Ingress', 'shop').spec);
    expect(routes).not.toContain('payments');
    // Bodies of requests are in no log of the load balancer or the firewall.
    expect(resourcesOf(template, 'AWS::WAFv2::LoggingConfiguration')).toEqual({});
  }
});

/** What the CDK CLI builds: a service's name, the platform, and the files at the top of the folder, by the image's hash. */
function imagesOf(props: MicroservicesStackProps) {
  const app = createApp();
  new MicroservicesStack(app, 'Microservices', { env: { region: REGION }, ...props });
  return withAssembly(app, ({ directory }) => {
    const { dockerImages } = JSON.parse(
      readFileSync(join(directory, 'Microservices.assets.json'), 'utf8'),
    ) as {
      dockerImages: Record<
        string,
        { source: { directory: string; dockerBuildArgs: Record<string, string>; platform: string } }
      >;
    };
    return Object.entries(dockerImages).map(([hash, { source }]) => ({
      hash,
      platform: source.platform,
      buildArgs: source.dockerBuildArgs,
      files: readdirSync(join(directory, source.directory)),
      template: readFileSync(join(directory, 'Microservices.template.json'), 'utf8'),
    }));
  });
}

promise('MS-25', () => {
  for (const compute of ['autoMode', 'fargate'] as const) {
    const images = imagesOf({ compute });
    expect(images.map(({ buildArgs }) => buildArgs)).toEqual(
      expect.arrayContaining(SERVICES.map((service) => ({ SERVICE: service }))),
    );
    expect(images).toHaveLength(SERVICES.length);
    for (const { buildArgs, files, hash, platform, template } of images) {
      const service = buildArgs.SERVICE ?? '';
      expect(platform).toBe(compute === 'fargate' ? 'linux/amd64' : 'linux/arm64');
      // Another service's files would make another image of it.
      expect(files.filter((file) => SERVICES.some((each) => each === file))).toEqual([service]);
      expect(files).toEqual(expect.arrayContaining(['Dockerfile', 'shared']));
      expect(files).not.toContain('node_modules');
      const { Resources } = JSON.parse(template) as StackTemplate;
      const released = Object.entries(Resources).filter(([, each]) => JSON.stringify(each).includes(hash));
      expect(released.map(([id]) => plain(id))).toEqual([`MicroservicesShopApplication${service}pods`]);
    }
  }
});

promise('MS-25', () => {
  const images = (tag: string) =>
    Object.fromEntries(
      SERVICES.map((each) => [each, `registry.example.com/${each}:${each === 'order' ? tag : 'r1'}`]),
    );
  const [one, other] = ['r1', 'r2'].map((tag) => synthesize({ images: images(tag) }).Resources);
  const changed = Object.keys(one ?? {}).filter(
    (id) => JSON.stringify(one?.[id]) !== JSON.stringify(other?.[id]),
  );
  expect(Object.keys(one ?? {})).toEqual(Object.keys(other ?? {}));
  expect(changed.map(plain)).toEqual(['MicroservicesShopApplicationorderpods']);
});
