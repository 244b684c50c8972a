import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Profile } from '../profile';

/** Properties of PaymentKey. */
export interface PaymentKeyProps {
  readonly profile: Profile;
}

/**
 * What the account's administrators may do: all that keeps, changes and deletes the key. Neither the use of data is among
 * it, nor CreateGrant, which would hand the use on without a trace in the policy.
 */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/**
 * The key of the payment data. A key's default policy leaves everything to the account's IAM policies, so that any role
 * with `kms:*` could decrypt. This one names who may, and IAM policies can add nobody:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 *
 * Whoever may change the key's policy can still name themselves, but not without CloudTrail writing it down.
 */
export class PaymentKey extends Construct {
  /** The key; aws-cdk-lib's grants on it would have no effect, as they leave the same account to IAM policies. */
  readonly key: kms.IKey;

  constructor(scope: Construct, id: string, { profile }: PaymentKeyProps) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      description: 'Payment data, for the payment service alone',
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'AdministrationWithoutUse',
            principals: [new iam.AccountRootPrincipal()],
            actions: ADMINISTRATION,
            resources: ['*'],
          }),
        ],
      }),
    });
  }

  /**
   * Lets a role encrypt and decrypt, by the key's policy alone: one that names a role of the same account needs no policy
   * of the role, and the role does not depend on the key, which depends on it.
   */
  grantUse(grantee: iam.IGrantable): void {
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'UseByPayment',
        principals: [grantee.grantPrincipal],
        actions: ['kms:Decrypt', 'kms:Encrypt'],
        resources: ['*'],
        // What is encrypted belongs to a customer's means of payment, and is of no use anywhere else.
        conditions: {
          StringLike: {
            'kms:EncryptionContext:customerId': '?*',
            'kms:EncryptionContext:paymentMethodId': '?*',
          },
        },
      }),
    );
  }
}
