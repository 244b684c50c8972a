import { expect, test } from 'vitest';
import { SHOP_SERVICES } from '../lib/microservices/shop-services';
import { SANDBOX } from '../lib/profile';
import { templateOfConstructs, theOnly } from './support/apps';
import { textOf } from './support/fleet';
import { isAllowed, type PolicyRequest } from './support/resource-policies';
import { addShop, shopPart } from './support/shop-stack';

const template = templateOfConstructs((stack) => addShop(stack, SANDBOX));

const key = theOnly(template, 'AWS::KMS::Key');
const { Statement } = key.Properties.KeyPolicy as { Statement: Parameters<typeof isAllowed>[0] };
const roleArn = (service: string) => `<${shopPart(template, 'AWS::IAM::Role', `${service}Role`).id}.Arn>`;
const ACCOUNT = Statement.map(({ Principal }) => textOf((Principal as { AWS: unknown }).AWS)).find((text) =>
  text.endsWith(':root'),
);
const OWNER = {
  'kms:EncryptionContext:customerId': 'c1',
  'kms:EncryptionContext:paymentMethodId': 'm1',
};
const may = (principal: string | undefined, action: string, context: PolicyRequest['context'] = OWNER) =>
  isAllowed(Statement, { principal: `${principal}`, action, resource: 'the key', context });

const USE = [
  'kms:Decrypt',
  'kms:DeriveSharedSecret',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateMac',
  'kms:GetPublicKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:Sign',
  'kms:Verify',
  'kms:VerifyMac',
  // Whoever makes a grant hands the use on.
  'kms:CreateGrant',
];

test('the key is turned every year', () => {
  expect(key.Properties).toMatchObject({ EnableKeyRotation: true });
});

test.each(USE)('the key leaves no %s to the policies of the account', (action) => {
  expect(ACCOUNT).toBeDefined();
  expect(may(ACCOUNT, action)).toBe(false);
});

test.each([
  'kms:PutKeyPolicy',
  'kms:GetKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
  'kms:EnableKeyRotation',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:DescribeKey',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListResourceTags',
  'kms:UpdateKeyDescription',
  'kms:GetKeyRotationStatus',
])('the key lets the account keep, change and delete it: %s', (action) => {
  expect(may(ACCOUNT, action)).toBe(true);
});

test.each(['kms:Encrypt', 'kms:Decrypt'])('the key lets payment use it: %s', (action) => {
  expect(may(roleArn('payment'), action)).toBe(true);
});

test.each([
  ['nobody’s', {}],
  ['no customer’s', { ...OWNER, 'kms:EncryptionContext:customerId': '' }],
  ['of no means of payment', { 'kms:EncryptionContext:customerId': 'c1' }],
])('the key refuses to encrypt or decrypt what is %s', (_, context) => {
  expect(may(roleArn('payment'), 'kms:Encrypt', context)).toBe(false);
  expect(may(roleArn('payment'), 'kms:Decrypt', context)).toBe(false);
});

test('the key lets payment do nothing else', () => {
  const others = USE.filter((action) => !['kms:Encrypt', 'kms:Decrypt'].includes(action));
  for (const action of [...others, 'kms:PutKeyPolicy']) expect(may(roleArn('payment'), action)).toBe(false);
});

test.each(SHOP_SERVICES.filter((service) => service !== 'payment'))(
  'the key lets %s do nothing',
  (service) => {
    for (const action of USE) expect(may(roleArn(service), action)).toBe(false);
  },
);

test('the key depends on the role, and the role not on the key', () => {
  const { Resources } = template;
  const roles = Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
  expect(JSON.stringify(roles)).not.toContain(key.id);
});
