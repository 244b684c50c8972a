import { Duration, Tags } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkSeconds } from '../building-blocks/durations';
import { Problems } from '../building-blocks/problems';
import type { Profile } from '../profile';
import { ServersExperiment } from './servers-experiment';
import type { SystemNames } from './system-names';
import { ZoneExperiment } from './zone-experiment';

/** The tag of the servers that an experiment may take away; its value is the system's name. */
const GAME_DAY_TAG = 'disaster-recovery-game-day';

/** Properties of GameDay. */
export interface GameDayProps {
  readonly names: SystemNames;

  /** The primary's network. */
  readonly vpc: ec2.IVpc;

  /** The primary's servers. They get a tag; those that run already bear it after their next replacement. */
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** Ends an experiment that hurts more than it should; StopAlarm makes one. In the region of the servers. */
  readonly stopAlarm: cloudwatch.IAlarm;

  /** How long the servers, or the zone, stay away: 2 minutes to 12 hours. Longer than the users' way to the other region. */
  readonly duration: Duration;

  /**
   * The zone that is taken away.
   *
   * @default - the network's first one
   */
  readonly zone?: string;

  readonly profile: Profile;
}

/**
 * Two experiments of AWS Fault Injection Service to rehearse with: all servers of the primary are lost, and one of its zones
 * is. They do nothing until a person starts them, cost by the minute of an action then, and end by themselves or when the
 * stop alarm fires (https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html).
 */
export class GameDay extends Construct {
  /** Takes the servers away. */
  readonly servers: ServersExperiment;

  /** Takes a zone away. */
  readonly zone: ZoneExperiment;

  /** What the experiments did. */
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: GameDayProps) {
    super(scope, id);
    const { autoScalingGroup, duration, names, profile, stopAlarm, vpc } = props;
    const { zone = vpc.availabilityZones[0] ?? '' } = props;
    const problems = new Problems(this);
    checkSeconds('duration', duration, [120, Duration.hours(12).toSeconds()], problems);
    if (zone === '')
      problems.add('zone', props.zone, 'is no zone, and the network has none either; name one.');
    problems.throwIfAny();

    Tags.of(autoScalingGroup).add(GAME_DAY_TAG, names.systemName);
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    const settings = { systemName: names.systemName, duration, stopAlarm, logGroup: this.logGroup };
    this.servers = new ServersExperiment(this, 'Servers', {
      ...settings,
      autoScalingGroup,
      tag: GAME_DAY_TAG,
      zones: vpc.availabilityZones,
    });
    this.zone = new ZoneExperiment(this, 'Zone', { ...settings, vpc, zone });
  }
}
