import { Duration } from 'aws-cdk-lib';
import type { Monitoring } from '../building-blocks/monitoring';
import type { RecoverySettings } from './recovery-settings';
import {
  addIncomingFilesMonitoring,
  addOutgoingFilesMonitoring,
  addReplicaMonitoring,
} from './replication-monitoring';
import { REPLICATION_RULE } from './replication-rule';

/** Adds what watches the replication into a region and out of it: of files in both, of the database where it can be a replica. */
export function addReplicationMonitoring(
  monitoring: Monitoring,
  { names, recoveryPointObjective, strategy }: RecoverySettings,
  region: string,
): void {
  const files = { names, ruleId: REPLICATION_RULE };
  addIncomingFilesMonitoring(monitoring, {
    ...files,
    sourceRegion: names.otherThan(region),
    maxLatency: FILES_OBJECTIVE,
  });
  addOutgoingFilesMonitoring(monitoring, { ...files, sourceRegion: region });
  if (strategy === 'cold' && region === names.standbyRegion) return;
  addReplicaMonitoring(monitoring, {
    names,
    maxLag: strategy === 'warm' ? recoveryPointObjective : FILES_OBJECTIVE,
  });
}

/** Most objects are there within 15 minutes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html */
const FILES_OBJECTIVE = Duration.minutes(15);
