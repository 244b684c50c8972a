import type { Duration } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { ServerApplication } from '../building-blocks/server-application';
import type { Profile } from '../profile';
import type { Detection } from './detection-time';
import type { Exposure } from './recovery-network';
import type { SiteOptions } from './regional-site';
import type { SystemNames } from './system-names';

/** What the standby is while the primary serves: a small running copy of it, or copies of its data. */
export type Strategy = 'warm' | 'cold';

/** Something of each region. */
export interface PerRegion<T> {
  readonly primary: T;
  readonly standby: T;
}

/** What all stacks of a system share: its props, with the defaults in their places. */
export interface RecoverySettings {
  readonly names: SystemNames;
  readonly strategy: Strategy;
  readonly profile: Profile;
  readonly exposure: Exposure;
  readonly site: SiteOptions;
  readonly application: (scope: Construct) => ServerApplication;

  /** What is asked for to see whether a region serves. */
  readonly checkPath: string;

  readonly cidrs: PerRegion<string>;
  readonly amiIds?: PerRegion<string>;
  readonly certificateArns?: PerRegion<string>;

  /** The public zone; where there is none, a private one is made. */
  readonly hostedZone?: route53.HostedZoneAttributes;

  /** The name of the zone that holds the record. */
  readonly zoneName: string;

  readonly domainName: string;
  readonly detection: Detection;
  readonly recoveryTimeObjective: Duration;
  readonly recoveryPointObjective: Duration;

  /** How many servers the serving region has at least. */
  readonly minCapacity: number;

  /** How many a warm standby has at least. */
  readonly standbyCapacity: number;

  /** How often a cold standby gets copies. */
  readonly copyInterval: Duration;

  /** How long they are kept; AWS advises a week or more, since each copy builds on the one before. */
  readonly copyRetention: Duration;
  readonly gameDay: boolean;
  readonly alarmEmail?: string;
}
