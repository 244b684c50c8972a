import type * as kms from 'aws-cdk-lib/aws-kms';
import { COPY_TAG } from './copies';
import type { RecoverySettings } from './recovery-settings';
import type { RegionalSite } from './regional-site';
import type { ReplicaSettings } from './workflow/workflow-props';

/** The settings of a region's database, as they are in its template. */
export function replicaSettingsOf(
  { database }: RegionalSite,
  { names, profile, site, strategy }: RecoverySettings,
  key: kms.IKey,
): ReplicaSettings {
  const [securityGroup] = database.connections.securityGroups;
  if (!securityGroup) throw new Error(`${database.node.path}: has no security group`);
  return {
    instanceClass: `db.${site.databaseInstanceType ?? profile.databaseInstanceType}`,
    subnetGroupName: database.subnetGroup.subnetGroupName,
    securityGroupId: securityGroup.securityGroupId,
    parameterGroupName: database.parameterGroup.bindToInstance({}).parameterGroupName,
    kmsKeyArn: key.keyArn,
    multiAz: site.multiAz ?? profile.multiAz,
    backupRetention: profile.backupRetention,
    deletionProtection: profile.deletionProtection,
    maxAllocatedStorage: database.maxAllocatedStorage,
    // RDS gives a replica no tags of its source, and without this one no copies would be made after a failback.
    ...(strategy === 'cold' && { tags: { [COPY_TAG]: names.systemName } }),
  };
}
