import { Aws, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { SystemNames } from './system-names';

/** Properties of ReplicationRole. */
export interface ReplicationRoleProps {
  readonly names: SystemNames;

  /** The region whose bucket is read. */
  readonly from: string;

  /** That region's key. */
  readonly key: kms.IKey;
}

/**
 * What S3 may do to copy a bucket's objects to the other region:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 */
export class ReplicationRole extends Construct {
  /** The role. */
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, { from, key, names }: ReplicationRoleProps) {
    super(scope, id);
    const to = names.otherThan(from);
    const [source, destination] = [from, to].map(
      (region) => `arn:${Aws.PARTITION}:s3:::${names.bucket(region)}`,
    );
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
      description: `S3 copies the files of ${names.systemName} from ${from} to ${to}`,
    });
    const allow = (actions: string[], resources: string[], conditions?: Record<string, object>) =>
      this.role.addToPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
    allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], [`${source}`]);
    allow(
      ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      [`${source}/*`],
    );
    allow(['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'], [`${destination}/*`]);
    allow(['kms:Decrypt'], [key.keyArn], { StringEquals: { 'kms:ViaService': `s3.${from}.amazonaws.com` } });
    // The other region's key is known by its alias, which no ARN in a policy may name.
    allow(
      ['kms:Encrypt', 'kms:GenerateDataKey'],
      [`arn:${Aws.PARTITION}:kms:${to}:${Aws.ACCOUNT_ID}:key/*`],
      {
        StringEquals: { 'kms:ViaService': `s3.${to}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names.keyAlias },
      },
    );
    const ids = [
      `Resource::arn:<AWS::Partition>:s3:::${names.systemName}-files-<AWS::AccountId>-${from}/*`,
      `Resource::arn:<AWS::Partition>:s3:::${names.systemName}-files-<AWS::AccountId>-${to}/*`,
      `Resource::arn:<AWS::Partition>:kms:${to}:<AWS::AccountId>:key/*`,
    ];
    const reasons = [
      'S3 copies all objects of the bucket.',
      'S3 copies all objects to the bucket.',
      "The condition admits the key with the system's alias alone; its id is not known before it is there.",
    ];
    for (const [index, id] of ids.entries()) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${id}]`,
        reason: reasons[index] ?? '',
      });
    }
  }
}
