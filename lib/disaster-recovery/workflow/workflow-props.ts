import type { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Profile } from '../../profile';
import type { SystemNames } from '../system-names';

/** The servers of a region, as its workflows change them. */
export interface WorkflowFleet {
  readonly autoScalingGroupName: string;
  readonly autoScalingGroupArn: string;

  /** How many servers there are at least while the region serves. */
  readonly minCapacity: number;

  /**
   * How many servers there are at least while the region waits.
   *
   * @default - as many as while it serves
   */
  readonly standbyCapacity?: number;

  /** How many servers there are at most, always. */
  readonly maxCapacity: number;

  /**
   * The template of the servers. Auto Scaling tries it with the workflow's rights when the group is changed.
   *
   * @default - the group has none, or nobody has to be asked for it
   */
  readonly launchTemplateArn?: string;

  /**
   * The role of the servers.
   *
   * @default - the servers have none
   */
  readonly serverRoleArn?: string;
}

/** What RDS is told about a new read replica; what is left out here, it takes from the source. */
export interface ReplicaSettings {
  /** With the `db.` prefix. */
  readonly instanceClass: string;

  readonly subnetGroupName: string;
  readonly securityGroupId: string;
  readonly parameterGroupName: string;

  /** This region's key: the source's one is of no use here. */
  readonly kmsKeyArn: string;

  readonly multiAz: boolean;

  /** How long backups are kept once the replica is promoted, 1 to 35 whole days; a replica itself has none. */
  readonly backupRetention: Duration;

  readonly deletionProtection: boolean;

  /**
   * Up to how many GiB the storage may grow.
   *
   * @default - it does not grow
   */
  readonly maxAllocatedStorage?: number;

  /**
   * Its tags, by their keys.
   *
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The functions that workflows call. */
export interface WorkflowFunctions {
  /** Reads and sets the switch that says which region serves. */
  readonly switch: lambda.IFunction;

  /**
   * Asks the region's load balancer for a page.
   *
   * @default - none; a take-over needs it
   */
  readonly verify?: lambda.IFunction;

  /**
   * Starts the other region's step-back.
   *
   * @default - none; a take-over with a replica needs it
   */
  readonly startStepBack?: lambda.IFunction;

  /**
   * Finds the newest copy of the database.
   *
   * @default - none; a take-over with copies needs it
   */
  readonly newestCopy?: lambda.IFunction;
}

/** Properties of TakeOver and StepBack. */
export interface WorkflowProps {
  readonly names: SystemNames;

  /** The region in which the workflow runs, and which takes over or steps back. */
  readonly region: string;

  /** What the region has of the other region's database: a replica that can be promoted, or copies to restore. */
  readonly database: 'replica' | 'copies';

  readonly functions: WorkflowFunctions;

  /**
   * The region's servers.
   *
   * @default - none; needed with a replica
   */
  readonly fleet?: WorkflowFleet;

  /**
   * How a replica is made.
   *
   * @default - none; needed with a replica
   */
  readonly replica?: ReplicaSettings;

  /** How long clients may still use the other region's address after a planned take-over: the records' TTL and a margin. */
  readonly drainTime: Duration;

  /** Who is told how a workflow ended. */
  readonly alarmTopic: sns.ITopic;

  readonly profile: Profile;
}
