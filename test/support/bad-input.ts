import { Duration, type Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { LoadBalancerOptions } from '../../lib/building-blocks/load-balancer-options';
import type { MonitoringProps } from '../../lib/building-blocks/monitoring';
import type { MySqlDatabaseOptions } from '../../lib/building-blocks/mysql-database-options';
import type { ServerApplication } from '../../lib/building-blocks/server-application';
import type { ServerFleetOptions } from '../../lib/building-blocks/server-fleet-options';

/** The options that patterns with a load balancer, a fleet and a database have in common. */
type CommonProps = LoadBalancerOptions &
  MonitoringProps &
  MySqlDatabaseOptions &
  ServerFleetOptions & { readonly cidr?: string; readonly vpc?: ec2.IVpc };

/** Something that is refused: what it is, the props, and the line of the error. */
export type BadInput<Props> = [name: string, props: Props, problem: string];

/** An application of one's own. */
export const OWN_APPLICATION: ServerApplication = {
  port: 9000,
  healthCheckPath: '/alive',
  commands: ['echo first', 'echo second'],
};

const application = (differences: Partial<ServerApplication>) => ({
  application: { ...OWN_APPLICATION, ...differences },
});
const stickiness = 'stickinessCookieDuration';

/** What a pattern refuses in the common options. */
export function badCommonInput(stack: Stack): BadInput<CommonProps>[] {
  const vpc = new ec2.Vpc(stack, 'ExistingVpc');
  return [
    [
      'a range that is none',
      { cidr: '10.0.0.0' },
      `cidr: "10.0.0.0" is no IPv4 range in CIDR notation; write it like '10.0.0.0/16'.`,
    ],
    [
      'a range that starts elsewhere',
      { cidr: '10.0.1.0/16' },
      `cidr: "10.0.1.0/16" does not start at its first address; did you mean '10.0.0.0/16'?`,
    ],
    [
      'a range that is too big',
      { cidr: '10.0.0.0/15' },
      'cidr: "10.0.0.0/15" is bigger than /16, which no VPC can be; choose /16 to /24.',
    ],
    [
      'a range that is too small',
      { cidr: '10.0.0.0/25' },
      'cidr: "10.0.0.0/25" is smaller than /24, which leaves no room for the tiers; choose /16 to /24.',
    ],
    [
      'a range for a network that exists',
      { cidr: '10.1.0.0/16', vpc },
      'cidr: "10.1.0.0/16" belongs to a new network; leave out cidr or vpc.',
    ],
    [
      'a cookie of no time',
      { stickinessCookieDuration: Duration.seconds(0) },
      `${stickiness}: "Duration.seconds(0)" is not possible; give 1 to 604800 whole seconds.`,
    ],
    [
      'a cookie of more than a week',
      { stickinessCookieDuration: Duration.seconds(604_801) },
      `${stickiness}: "Duration.seconds(604801)" is not possible; give 1 to 604800 whole seconds.`,
    ],
    [
      'a cookie of a part of a second',
      { stickinessCookieDuration: Duration.millis(1500) },
      `${stickiness}: "Duration.millis(1500)" is not possible; give 1 to 604800 whole seconds.`,
    ],
    [
      'a delay of more than an hour',
      { deregistrationDelay: Duration.seconds(3601) },
      'deregistrationDelay: "Duration.seconds(3601)" is not possible; give 0 to 3600 whole seconds.',
    ],
    [
      'a delay of half a second',
      { deregistrationDelay: Duration.millis(500) },
      'deregistrationDelay: "Duration.millis(500)" is not possible; give 0 to 3600 whole seconds.',
    ],
    [
      'a grace period of half a second',
      { healthCheckGracePeriod: Duration.millis(500) },
      'healthCheckGracePeriod: "Duration.millis(500)" is not possible; give whole seconds.',
    ],
    [
      'a warm-up of half a second',
      { instanceWarmup: Duration.millis(500) },
      'instanceWarmup: "Duration.millis(500)" is not possible; give whole seconds.',
    ],
    [
      'two images',
      { amiId: 'ami-0123456789abcdef0', machineImage: ec2.MachineImage.latestAmazonLinux2023() },
      'amiId: "ami-0123456789abcdef0" says the image a second time; leave out amiId or machineImage.',
    ],
    [
      'an id of no image',
      { amiId: 'i-0123456789abcdef0' },
      `amiId: "i-0123456789abcdef0" is no id of an image; give one like 'ami-0123456789abcdef0'.`,
    ],
    [
      'a kept volume of nothing',
      { keptVolumeSize: 0 },
      'keptVolumeSize: 0 is no size of a volume; give whole GiB, 1 to 65536.',
    ],
    [
      'a kept volume of a part of a GiB',
      { keptVolumeSize: 1.5 },
      'keptVolumeSize: 1.5 is no size of a volume; give whole GiB, 1 to 65536.',
    ],
    [
      'a kept volume that is too big',
      { keptVolumeSize: 65_537 },
      'keptVolumeSize: 65537 is no size of a volume; give whole GiB, 1 to 65536.',
    ],
    [
      'an application on a port of the system',
      application({ port: 80 }),
      'application.port: 80 is no port for an application; give 1024 to 65535.',
    ],
    [
      'an application on no port',
      application({ port: 65_536 }),
      'application.port: 65536 is no port for an application; give 1024 to 65535.',
    ],
    [
      'a path without a slash',
      application({ healthCheckPath: 'alive' }),
      `application.healthCheckPath: "alive" is no path; give one that starts with '/'.`,
    ],
    [
      'commands that are too long with the last ones',
      application({ commands: ['a'.repeat(9000)], lastCommands: ['b'.repeat(1000)] }),
      'application.commands: 10001 characters do not fit into user data; give at most 10000, and the rest as an asset or in the image.',
    ],
    [
      'commands that are too long',
      application({ commands: ['a'.repeat(5000), 'b'.repeat(5000)] }),
      'application.commands: 10001 characters do not fit into user data; give at most 10000, and the rest as an asset or in the image.',
    ],
    [
      'a storage below 20 GiB',
      { allocatedStorage: 19 },
      'allocatedStorage: 19 is no size of gp3 storage; give whole GiB, 20 to 65536.',
    ],
    [
      'a storage that can hardly grow',
      { allocatedStorage: 100, maxAllocatedStorage: 125 },
      'maxAllocatedStorage: 125 leaves no room to grow; give whole GiB, at least 26 % above allocatedStorage (100), at most 65536.',
    ],
    [
      'no connections',
      { maxConnections: 0 },
      'maxConnections: 0 is no limit that MySQL takes; give 1 to 100000.',
    ],
    [
      'a name that RDS refuses',
      { databaseName: 'my-db' },
      'databaseName: "my-db" is no name that RDS takes; give 1 to 64 letters and digits, starting with a letter.',
    ],
    ['an address that is none', { alarmEmail: 'nobody' }, 'alarmEmail: "nobody" is no e-mail address.'],
  ];
}

/** What is just allowed in the common options, also where only CloudFormation knows the values. */
export function goodCommonInput({ region }: Stack): CommonProps[] {
  const number = Token.asNumber({ Ref: 'Number' });
  const seconds = Duration.seconds(number);
  return [
    { stickinessCookieDuration: Duration.seconds(1), deregistrationDelay: Duration.seconds(0) },
    { stickinessCookieDuration: Duration.days(7), deregistrationDelay: Duration.hours(1) },
    { amiId: 'ami-01234567', keptVolumeSize: 1, cidr: '192.168.0.0/24' },
    { keptVolumeSize: 65_536, cidr: '10.0.0.0/16' },
    application({ port: 1024, healthCheckPath: '/', commands: ['a'.repeat(10_000)] }),
    application({ port: 65_535 }),
    { amiId: region, databaseName: region, alarmEmail: region },
    { keptVolumeSize: number, allocatedStorage: number, maxConnections: number },
    application({ healthCheckPath: region }),
    { healthCheckGracePeriod: Duration.seconds(0), instanceWarmup: Duration.seconds(0) },
    { healthCheckGracePeriod: Duration.millis(2000), instanceWarmup: Duration.days(1) },
    { deregistrationDelay: seconds, healthCheckGracePeriod: seconds, instanceWarmup: seconds },
  ];
}
