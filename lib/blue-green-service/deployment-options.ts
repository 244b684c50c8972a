import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { TrafficShiftConfig } from 'aws-cdk-lib/aws-ecs';

/** How long the old tasks wait for a way back, where nothing is said. */
export const DEFAULT_BAKE_TIME = Duration.minutes(5);

/** What ECS and CodeDeploy do where a strategy is chosen and nothing more is said. */
export const DEFAULT_CANARY: Required<TrafficShiftConfig> = {
  stepPercent: 10,
  stepBakeTime: Duration.minutes(5),
};
export const DEFAULT_LINEAR: Required<TrafficShiftConfig> = {
  stepPercent: 10,
  stepBakeTime: Duration.minutes(1),
};

/** The port of the test listener, where nothing is said. */
export const DEFAULT_TEST_PORT = 8443;

/** The choices about how a new version takes the place of the old one. */
export interface DeploymentOptions {
  /**
   * Who starts the new tasks, switches the listeners and rolls back: ECS itself, or CodeDeploy, as before ECS could. A
   * service can't be changed from one to the other by a deployment of this construct; make a new one.
   *
   * @default 'ecs'
   */
  readonly deployment?: 'ecs' | 'codeDeploy';

  /**
   * How users move: all at once; `linear`, in equal steps; or `canary`, a share first and then the rest.
   *
   * @default 'blueGreen'
   */
  readonly deploymentStrategy?: 'blueGreen' | 'linear' | 'canary';

  /**
   * The share that goes first, 1 to 99 percent, and for how many whole minutes. Rejected with another strategy.
   *
   * @default - 10 percent for 5 minutes
   */
  readonly canaryConfiguration?: TrafficShiftConfig;

  /**
   * The steps, 3 to 99 percent each (1 to 99 with CodeDeploy), and how many whole minutes each one lasts. Rejected with
   * another strategy.
   *
   * @default - 10 percent a minute
   */
  readonly linearConfiguration?: TrafficShiftConfig;

  /**
   * How long the old tasks go on running when all users are on the new ones, so that the way back takes seconds: whole
   * minutes, 1 to 1380, within the 24 hours that ECS gives a stage; 0 only without alarms, which would have no time to ring.
   *
   * @default Duration.minutes(5)
   */
  readonly bakeTime?: Duration;

  /**
   * Whether errors of the service roll a deployment back: more than 5 percent of the answers in two minutes of three.
   *
   * @default true
   */
  readonly rollbackOnErrors?: boolean;

  /**
   * Further alarms that roll a deployment back. One that rings already when a deployment begins is not watched during it.
   *
   * @default - none
   */
  readonly deploymentAlarms?: cloudwatch.IAlarm[];
}
