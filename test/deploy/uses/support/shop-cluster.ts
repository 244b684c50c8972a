import assert from 'node:assert/strict';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { tiersOf, waysOut } from './network';
import { SERVICES, SHOP, withCluster } from './shop';

const ADMINISTRATOR = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

/** Shows that the cluster has no address on the internet, logs all that it can, and is upgraded before it gets old. */
export const settings = withCluster((_stack, { cluster }) => {
  const { accessConfig, logging, resourcesVpcConfig, upgradePolicy, version } = cluster;
  const { endpointPrivateAccess, endpointPublicAccess } = resourcesVpcConfig;
  assert.deepEqual(
    { accessConfig, endpointPrivateAccess, endpointPublicAccess, logging, upgradePolicy, version },
    {
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
      logging: {
        clusterLogging: [
          { types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'], enabled: true },
        ],
      },
      upgradePolicy: { supportType: 'STANDARD' },
      version: '1.36',
    },
  );
});

/** Shows that EKS runs the nodes, starts only its own pool, and that control plane and nodes are in private subnets. */
export const compute = withCluster(async (stack, { cluster }) => {
  const { computeConfig, resourcesVpcConfig } = cluster;
  assert.deepEqual(computeConfig?.enabled && computeConfig.nodePools, ['system']);
  const tiers = await tiersOf(stack, resourcesVpcConfig.subnetIds);
  assert.equal(tiers.length, 1, `${tiers}`);
  const ways = await waysOut(stack);
  assert.equal(ways[tiers[0] ?? ''], 'NAT gateway');
  assert.deepEqual(Object.values(ways).sort(), ['NAT gateway', 'internet gateway'].sort());
});

/** Shows that Kubernetes' secrets are encrypted by a key of the stack that rotates. */
export const secretsKey = withCluster(async ({ aws, idsOf }, { cluster }) => {
  const [encryption] = cluster.encryptionConfig;
  assert.deepEqual(encryption?.resources, ['secrets']);
  const KeyId = encryption?.provider.keyArn;
  const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId }));
  assert.ok((await idsOf('AWS::KMS::Key')).includes(KeyMetadata?.KeyId ?? ''), KeyId);
});

/** Shows who administers the cluster: the stack itself, and others that are named. */
export const administrators = (...others: string[]) =>
  withCluster(async (stack, { accessEntries }) => {
    const own = await stack.idsOf('AWS::IAM::Role');
    const found = accessEntries.filter(({ policies }) =>
      policies.some(({ policyArn, type }) => policyArn === ADMINISTRATOR && type === 'cluster'),
    );
    const names = found.map(({ principalArn }) => principalArn.split('/').at(-1) ?? '');
    assert.deepEqual(names.filter((name) => !own.includes(name)).sort(), [...others].sort());
    assert.equal(names.length, others.length + 1, `${names} administer the cluster`);
  });

/** Shows that each service has a role of its own, which the pods of its service account get, from the first, and no others. */
export const identities = withCluster(async ({ aws }, { cluster, history, podIdentityAssociations }) => {
  const ofShop = podIdentityAssociations.filter(({ namespace }) => namespace === SHOP);
  assert.deepEqual(ofShop.map(({ serviceAccount }) => serviceAccount).sort(), SERVICES);
  assert.equal(new Set(ofShop.map(({ roleArn }) => roleArn)).size, SERVICES.length);
  const { Roles = [] } = await aws.iam.send(new ListRolesCommand({ MaxItems: 1000 }));
  for (const { roleArn, serviceAccount } of ofShop) {
    const first = history.find(({ kind, name }) => kind === 'Deployment' && name === serviceAccount);
    assert.equal(first?.role, roleArn, `the first pods of ${serviceAccount}`);
    const role = Roles.find(({ Arn }) => Arn === roleArn);
    const document = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? '{}'));
    for (const { Condition, Principal } of document.Statement) {
      assert.deepEqual(Principal, { Service: 'pods.eks.amazonaws.com' }, serviceAccount);
      assert.deepEqual(
        Condition,
        {
          StringEquals: {
            'aws:RequestTag/eks-cluster-name': cluster.name,
            'aws:RequestTag/kubernetes-namespace': SHOP,
            'aws:RequestTag/kubernetes-service-account': serviceAccount,
          },
        },
        serviceAccount,
      );
    }
  }
});
