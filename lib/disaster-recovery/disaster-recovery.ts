import { CrossStackReferences, ReferenceStrength, Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Problems } from '../building-blocks/problems';
import { checkProps } from './check-props';
import { DnsStack } from './dns-stack';
import { OverviewStack } from './overview-stack';
import { PrimaryStack } from './primary-stack';
import type { RecoveryOptions } from './recovery-options';
import { resolveSettings } from './resolve-settings';
import { StandbyBaseStack } from './standby-base-stack';
import { StandbyStack } from './standby-stack';

/** Properties of DisasterRecovery. */
export interface DisasterRecoveryProps extends RecoveryOptions, Pick<StageProps, 'stageName'> {
  /**
   * The account of all stacks.
   *
   * @default - the account of the CLI's credentials
   */
  readonly account?: string;
}

/**
 * The textbook's answer to the loss of a region: a system in one region, and in a second one what it takes to go on there.
 *
 * Five stacks, deployed in this order: the base of the standby, the primary, the names, the standby, and an overview. No
 * stack of the standby's refers to one of the primary's: each can be changed and deleted while the other region is away.
 */
export class DisasterRecovery extends Stage {
  /** The name of which all names are made that both regions know. */
  readonly systemName: string;

  /** The standby's key, network, files and switch, which the primary needs to be there. */
  readonly standbyBase: StandbyBaseStack;

  /** The system in the region that serves. */
  readonly primary: PrimaryStack;

  /** The system's name, and what decides which region it leads to. */
  readonly dns: DnsStack;

  /** The system, or what it can be made of, in the other region. */
  readonly standby: StandbyStack;

  /** Both regions side by side. */
  readonly overview: OverviewStack;

  constructor(scope: Construct, id: string, props: DisasterRecoveryProps) {
    super(scope, id, { stageName: props.stageName });
    const problems = new Problems(this);
    // Whatever the app's default is: strong ones over regions are custom resources in both, which hold on to each other.
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const settings = resolveSettings(this.stageName, props);
    checkProps(props, settings, problems);
    problems.throwIfAny();

    this.systemName = settings.names.systemName;
    const { primaryRegion, standbyRegion } = props;
    const environmentOf = (region: string) => ({ env: { account: props.account, region } });
    const base = new StandbyBaseStack(this, 'StandbyBase', { settings, ...environmentOf(standbyRegion) });
    this.standbyBase = base;
    this.primary = new PrimaryStack(this, 'Primary', { settings, ...environmentOf(primaryRegion) });
    this.dns = new DnsStack(this, 'Dns', {
      settings,
      base,
      primary: this.primary,
      ...environmentOf(standbyRegion),
    });
    this.standby = new StandbyStack(this, 'Standby', {
      settings,
      base,
      zone: this.dns.zone,
      ...environmentOf(standbyRegion),
    });
    this.overview = new OverviewStack(this, 'Overview', {
      settings,
      primary: this.primary,
      dns: this.dns,
      standby: this.standby,
      // Route 53 publishes its metrics there and nowhere else:
      // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
      ...environmentOf('us-east-1'),
    });
    // The names of one are used by the other, which CloudFormation can't see.
    this.primary.addStackDependency(base);
    this.standby.addStackDependency(this.primary);
    this.standby.addStackDependency(this.dns);
  }
}
