import { Aws, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

const REQUIREMENT =
  'https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html';

/**
 * Lets Auto Scaling encrypt the volumes of the servers that it launches with a key of yours.
 *
 * It does so under a role of its own, which has no right to your keys: the key's policy must admit it, in the way that
 * the policy of aws/ebs does. The statement names no resource, so that it ties no stack to another.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 *
 * @param fleet what is warned where the key's policy can't be changed
 */
export function letAutoScalingUse(key: kms.IKey, fleet: IConstruct): void {
  const { statementAdded } = key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'VolumesOfThisAccount',
      principals: [new iam.AnyPrincipal()],
      actions: [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:ReEncrypt*',
      ],
      resources: ['*'],
      conditions: {
        StringEquals: {
          'kms:CallerAccount': Aws.ACCOUNT_ID,
          'kms:ViaService': `ec2.${Aws.REGION}.amazonaws.com`,
        },
      },
    }),
  );
  if (statementAdded) return;
  Validations.of(fleet).addWarning(
    'ServerFleet:KeyPolicy',
    `key is an imported one, whose policy stays as it is. It must let AWSServiceRoleForAutoScaling use the key, or no server launches: ${REQUIREMENT}`,
  );
}
