import type { Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';

/** The least and the most servers at a time of the week, which other policies then keep to. */
export interface CapacitySchedule {
  /** When it begins, in `timeZone`. */
  readonly schedule: autoscaling.Schedule;

  /**
   * How many servers there are at least from then on.
   *
   * @default - as before
   */
  readonly minCapacity?: number;

  /**
   * How many servers there are at most from then on.
   *
   * @default - as before
   */
  readonly maxCapacity?: number;
}

/** Scaling ahead of the load, by what the last weeks looked like. */
export interface PredictiveScaling {
  /**
   * `forecastOnly` shows its forecast in the console and changes nothing; switch it on when the forecast is good. It needs
   * 24 hours of metrics, and gets better with two weeks of them.
   *
   * @default 'forecastOnly'
   */
  readonly mode?: 'forecastOnly' | 'forecastAndScale';

  /**
   * How long before the forecast hour the servers are launched: 0 to 3599 seconds.
   *
   * @default - Auto Scaling's own, 300 seconds
   */
  readonly schedulingBufferTime?: Duration;
}

/** How the number of servers follows the load. */
export interface Scaling {
  /**
   * The CPU load that is kept, in percent, 10 to 90: the usual way.
   *
   * @default 50, where neither targetRequests nor cpuSteps is given
   */
  readonly targetCpu?: number;

  /**
   * The requests a minute that each server shall get. With `targetCpu`, the one that asks for more servers wins.
   *
   * @default - does not count
   */
  readonly targetRequests?: number;

  /**
   * Steps of the CPU load, in percent, each with a change of the number of servers: from `lower` on for those that add,
   * down from `upper` for those that take away, without the other bound. Rejected together with targets and with `predictive`.
   *
   * @default - none
   */
  readonly cpuSteps?: autoscaling.ScalingInterval[];

  /**
   * Least and most servers by the clock.
   *
   * @default - the same at all times
   */
  readonly schedules?: CapacitySchedule[];

  /**
   * The time zone of the schedules, by its IANA name, like 'Asia/Tokyo'.
   *
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;

  /**
   * Scaling ahead of the load, towards the same targets.
   *
   * @default - none
   */
  readonly predictive?: PredictiveScaling;
}

/** How many servers there are, and what decides it. */
export interface ScalingOptions {
  /**
   * How many servers there are at least, 1 or more. With 1, a lost zone means no intranet until another has booted.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * How many servers there are at most, more than `minCapacity`.
   *
   * @default 6
   */
  readonly maxCapacity?: number;

  /**
   * How the number of servers follows the load.
   *
   * @default { targetCpu: 50 }
   */
  readonly scaling?: Scaling;

  /**
   * How long the group waits after a change of its size before another one by hand or by a simple policy. Target tracking,
   * steps and predictive scaling follow `instanceWarmup` instead
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html).
   *
   * @default - Auto Scaling's own, 300 seconds
   */
  readonly cooldown?: Duration;
}

/** The least number of servers, where nothing is said. */
export const DEFAULT_MIN_CAPACITY = 2;

/** The greatest number of servers, where nothing is said. */
export const DEFAULT_MAX_CAPACITY = 6;

/** The CPU load that is kept, in percent, where nothing is said. */
export const DEFAULT_TARGET_CPU = 50;
