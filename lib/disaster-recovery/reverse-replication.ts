import { Aws, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction } from '../building-blocks/node-function';
import type { Profile } from '../profile';
import { ReplicationRole } from './replication-role';
import { REPLICATION_RULE, replicationTo } from './replication-rule';
import type { SystemNames } from './system-names';

/** Properties of ReverseReplication. */
export interface ReverseReplicationProps {
  readonly names: SystemNames;

  /** The standby's key. */
  readonly key: kms.IKey;

  readonly profile: Profile;
}

/**
 * The replication from the standby's bucket back to the primary's, so that a failback loses nothing.
 *
 * A bucket's rule is a property of the bucket in CloudFormation, and S3 takes it only when the other bucket is there: of two
 * buckets that replicate to each other, one must get its rule after both are made. A function does that, in the standby's
 * region and with the standby's bucket alone.
 */
export class ReverseReplication extends Construct {
  constructor(scope: Construct, id: string, { key, names, profile }: ReverseReplicationProps) {
    super(scope, id);
    const { primaryRegion, standbyRegion } = names;
    const { role } = new ReplicationRole(this, 'Role', { names, from: standbyRegion, key });
    const provider = new NodeFunction(this, 'Function', {
      description: `Lets the files of ${names.systemName} replicate back to ${primaryRegion}`,
      code: new HandlerCode('disaster-recovery', 'replicate-bucket'),
      memorySize: 256,
      timeout: Duration.minutes(2),
      profile,
    });
    const bucketName = names.bucket(standbyRegion);
    provider.allow(['s3:PutReplicationConfiguration'], [`arn:${Aws.PARTITION}:s3:::${bucketName}`]);
    provider.allow(['iam:PassRole'], [role.roleArn]);
    const rule = new CustomResource(this, 'Rule', {
      resourceType: 'Custom::BucketReplication',
      serviceToken: provider.function.functionArn,
      properties: {
        Bucket: bucketName,
        Configuration: Stack.of(this).toJsonString({
          Role: role.roleArn,
          Rules: [{ ID: REPLICATION_RULE, ...replicationTo(names, primaryRegion) }],
        }),
      },
    });
    // S3 tries the role when it takes the rule, and the function needs its rights to take it away.
    rule.node.addDependency(role, provider);
  }
}
