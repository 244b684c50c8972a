import assert from 'node:assert/strict';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { DecryptCommand, EncryptCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { DeployedStack } from '../../support/stacks';
import { SERVICES, withCluster } from './shop';
import { environmentOf } from './shop-objects';

interface Statement {
  readonly Action: string | string[];
  readonly Effect: string;
  readonly Principal?: { readonly AWS?: string };
  readonly Resource?: string | string[];
}

const INDEXES: Readonly<Record<string, readonly string[]>> = {
  order: ['outbox', 'unfinished'],
  product: ['category'],
  review: ['outbox'],
};

const USE = ['kms:Decrypt', 'kms:Encrypt'];

const listOf = (value: string | string[] = []): string[] => [value].flat();

/** Shows that each service has a table of its own, which forgets what has expired and has the indexes that it asks. */
export const tables = withCluster(async ({ aws: { dynamodb } }, cluster) => {
  const names = SERVICES.map((service) => environmentOf(cluster, service).TABLE_NAME ?? '');
  assert.equal(new Set(names).size, SERVICES.length);
  for (const [position, TableName] of names.entries()) {
    const service = SERVICES[position] ?? '';
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const indexes = Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort() ?? [];
    assert.deepEqual(indexes, INDEXES[service] ?? [], service);
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    assert.equal(TimeToLiveDescription?.AttributeName, 'expiresAt', service);
    const { ContinuousBackupsDescription } = await dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    const { PointInTimeRecoveryDescription } = ContinuousBackupsDescription ?? {};
    assert.equal(PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, 'ENABLED', service);
  }
});

async function statementsOf({ aws: { iam } }: DeployedStack, roleArn: string): Promise<Statement[]> {
  const RoleName = roleArn.split('/').at(-1) ?? '';
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = await Promise.all(
    PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
  );
  return policies.flatMap(
    ({ PolicyDocument = '{}' }) => JSON.parse(decodeURIComponent(PolicyDocument)).Statement,
  );
}

/** Shows that no service may touch the table of another one, and none may do everything with its own. */
export const ownDataOnly = withCluster(async (stack, cluster) => {
  for (const { namespace, roleArn, serviceAccount } of cluster.podIdentityAssociations) {
    if (namespace !== 'shop') continue;
    const own = environmentOf(cluster, serviceAccount).TABLE_NAME;
    const statements = await statementsOf(stack, roleArn);
    const resources = statements.flatMap(({ Resource }) => listOf(Resource));
    const touched = resources.flatMap((resource) => /:table\/([^/]+)/.exec(resource)?.[1] ?? []);
    assert.deepEqual([...new Set(touched)], [own], serviceAccount);
    const actions = statements.flatMap(({ Action }) => listOf(Action));
    assert.deepEqual(
      actions.filter((action) => /\*|Scan|DeleteTable/.test(action)),
      [],
      serviceAccount,
    );
  }
});

/** Shows that the policy of the payment data's key names one user, the payment service, and that the key works. */
export const paymentKey = withCluster(async ({ aws: { kms } }, cluster) => {
  const KeyId = environmentOf(cluster, 'payment').KEY_ID;
  const { Policy = '{}' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const statements = JSON.parse(Policy).Statement as Statement[];
  const users = statements.filter(({ Action }) =>
    listOf(Action).some((action) => /\*|crypt|GenerateDataKey|CreateGrant|Sign/.test(action)),
  );
  const payment = cluster.podIdentityAssociations.find(({ serviceAccount }) => serviceAccount === 'payment');
  assert.deepEqual(
    users.map(({ Action, Effect, Principal }) => [Effect, Principal?.AWS, listOf(Action).sort()]),
    [['Allow', payment?.roleArn, USE]],
  );
  const EncryptionContext = { customerId: 'c', paymentMethodId: 'p' };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('token'), EncryptionContext }),
  );
  const { Plaintext = new Uint8Array() } = await kms.send(
    new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext }),
  );
  assert.equal(Buffer.from(Plaintext).toString(), 'token');
  await assert.rejects(
    kms.send(
      new DecryptCommand({
        KeyId,
        CiphertextBlob,
        EncryptionContext: { ...EncryptionContext, customerId: 'd' },
      }),
    ),
    { name: 'InvalidCiphertextException' },
  );
});

/** Shows that the text behind the signatures is random, and that the one before it stays readable after a rotation. */
export async function signingSecret({ aws: { secrets }, idOf }: DeployedStack): Promise<void> {
  const SecretId = await idOf('AWS::SecretsManager::Secret');
  const read = async (VersionStage: string) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
  const before = await read('AWSCURRENT');
  assert.match(before ?? '', /^[A-Za-z0-9]{64}$/);
  const next = 'n'.repeat(64);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: next }));
  assert.deepEqual([await read('AWSCURRENT'), await read('AWSPREVIOUS')], [next, before]);
}
