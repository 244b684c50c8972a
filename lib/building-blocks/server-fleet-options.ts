import { Duration, Token } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { checkSeconds } from './durations';
import type { Problems } from './problems';
import type { ServerApplication } from './server-application';

/** How long a server may take from its launch to its first good answer, where nothing is said. */
export const DEFAULT_GRACE_PERIOD = Duration.minutes(5);

/** How long a new server takes until its load counts, where nothing is said. */
export const DEFAULT_WARMUP = Duration.minutes(2);

/** The choices about a fleet of servers that patterns hand on to their users. */
export interface ServerFleetOptions {
  /**
   * The servers' size. The image follows its processor.
   *
   * @default - what the profile says
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * The image from which all servers are made, with the systemd, dnf and AWS CLI of Amazon Linux 2023. Rejected together
   * with `amiId`.
   *
   * @default - the newest Amazon Linux 2023 at each deployment; a new one replaces the servers, one after the other
   */
  readonly machineImage?: ec2.IMachineImage;

  /**
   * The id of the image from which all servers are made, like 'ami-0123456789abcdef0': one of your own that has been
   * set up and tested once, of the stack's region. Rejected together with `machineImage`.
   *
   * @default - see machineImage
   */
  readonly amiId?: string;

  /**
   * What the servers run.
   *
   * @default - a sample application that shows news from the database
   */
  readonly application?: ServerApplication;

  /**
   * How long a new server may fail its health checks before it is replaced, from when its first boot has ended.
   *
   * @default Duration.minutes(5)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * How long a new server warms up: until then its load counts for no scaling, and an instance refresh waits for it
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html).
   *
   * @default Duration.minutes(2)
   */
  readonly instanceWarmup?: Duration;

  /**
   * Which server goes first when there are too many, in this order.
   *
   * @default - the one with the oldest launch template, then what Auto Scaling does by default
   */
  readonly terminationPolicies?: autoscaling.TerminationPolicy[];

  /**
   * The size in whole GiB, 1 to 65536, of a second volume at /data that outlives its server. Nothing deletes these
   * volumes but you: each server that goes leaves one behind, which is paid for.
   *
   * @default - none
   */
  readonly keptVolumeSize?: number;
}

/** Adds to `problems` what can't be honoured in `options`. */
export function checkServerFleet(options: ServerFleetOptions, problems: Problems): void {
  const { amiId, application, keptVolumeSize, machineImage } = options;
  if (amiId !== undefined && machineImage) {
    problems.add('amiId', amiId, 'says the image a second time; leave out amiId or machineImage.');
  }
  checkImageId('amiId', amiId, problems);
  checkSeconds(
    'healthCheckGracePeriod',
    options.healthCheckGracePeriod,
    [0, Number.POSITIVE_INFINITY],
    problems,
  );
  checkSeconds('instanceWarmup', options.instanceWarmup, [0, Number.POSITIVE_INFINITY], problems);
  if (
    keptVolumeSize !== undefined &&
    !Token.isUnresolved(keptVolumeSize) &&
    !(Number.isInteger(keptVolumeSize) && keptVolumeSize >= 1 && keptVolumeSize <= 65_536)
  ) {
    problems.add('keptVolumeSize', keptVolumeSize, 'is no size of a volume; give whole GiB, 1 to 65536.');
  }
  if (application) checkApplication(application, problems);
}

/** Adds to `problems` an id that is none of an image; tokens pass. */
export function checkImageId(prop: string, amiId: string | undefined, problems: Problems): void {
  if (amiId === undefined || Token.isUnresolved(amiId) || /^ami-[0-9a-f]{8,17}$/.test(amiId)) return;
  problems.add(prop, amiId, "is no id of an image; give one like 'ami-0123456789abcdef0'.");
}

function checkApplication(application: ServerApplication, problems: Problems): void {
  const { commands, healthCheckPath, lastCommands = [], port } = application;
  if (!Token.isUnresolved(port) && !(Number.isInteger(port) && port >= 1024 && port <= 65_535)) {
    problems.add('application.port', port, 'is no port for an application; give 1024 to 65535.');
  }
  if (!Token.isUnresolved(healthCheckPath) && !healthCheckPath.startsWith('/')) {
    problems.add(
      'application.healthCheckPath',
      healthCheckPath,
      "is no path; give one that starts with '/'.",
    );
  }
  const length = [...commands, ...lastCommands].join('\n').length;
  if (length > MAX_COMMANDS) {
    problems.add(
      'application.commands',
      length,
      `characters do not fit into user data; give at most ${MAX_COMMANDS}, and the rest as an asset or in the image.`,
    );
  }
}

/**
 * Characters of commands, so that the fleet's own fit into the 16 KB of user data, too:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
const MAX_COMMANDS = 10_000;
