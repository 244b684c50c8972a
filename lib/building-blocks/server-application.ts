import type * as assets from 'aws-cdk-lib/aws-s3-assets';
import type { ShippedLog } from './first-boot';

/**
 * What turns a fresh machine into a server of an application. Give your own to a pattern that takes one: a plain object
 * is enough.
 */
export interface ServerApplication {
  /** The port on which it answers HTTP, 1024 to 65535. */
  readonly port: number;

  /**
   * A path that answers 200 as long as the server can serve. It must not ask the database: when that fails over, all
   * servers would be unhealthy at once and the group would replace every one of them.
   */
  readonly healthCheckPath: string;

  /**
   * Shell commands of the first boot, which runs them as root after the log agent has started, and stops at the first
   * that fails. They find in /etc/application.env, as lines of NAME=value, where they are (AWS_REGION, SERVER_ID,
   * SERVER_ZONE) and what the pattern has for them (DATABASE_HOST and so on; the password is in the secret). Keep them
   * few: a server that is needed waits for them. What changes seldom belongs into the image.
   */
  readonly commands: readonly string[];

  /**
   * Shell commands that end the first boot, once the application has answered: for what must not begin before all else is
   * there. A server on which one fails never serves.
   *
   * @default - none
   */
  readonly lastCommands?: readonly string[];

  /**
   * Shell commands that stop the application, so that it writes its last logs. They have a minute: the hook at which the
   * server waits gives up after two.
   *
   * @default - none
   */
  readonly stopCommands?: readonly string[];

  /**
   * The files that its commands download.
   *
   * @default - none
   */
  readonly assets?: readonly assets.Asset[];

  /**
   * Its log files, which go to CloudWatch Logs.
   *
   * @default - the log of the boot only
   */
  readonly logs?: readonly ShippedLog[];
}
