import { Aws } from 'aws-cdk-lib';

/** The regions of a system, and the name from which all its names are made. */
export interface SystemNamesProps {
  readonly systemName: string;
  readonly primaryRegion: string;
  readonly standbyRegion: string;
}

/**
 * The names by which the parts in one region know those in the other.
 *
 * They are known before anything is deployed, so that no stack of a region has to ask a stack of the other one: when that
 * region is gone, CloudFormation could not resolve such a reference, and would refuse any change of the stack that is
 * needed most. The price is that such a resource can't be replaced by one of the same name, and that a system's name must
 * be the only one in its account.
 */
export class SystemNames {
  readonly systemName: string;
  readonly primaryRegion: string;
  readonly standbyRegion: string;

  constructor(props: SystemNamesProps) {
    this.systemName = props.systemName;
    this.primaryRegion = props.primaryRegion;
    this.standbyRegion = props.standbyRegion;
  }

  /** The region that is not `region`. */
  otherThan(region: string): string {
    return region === this.primaryRegion ? this.standbyRegion : this.primaryRegion;
  }

  /** The identifier of the database in each region, also after a replica has taken the place of another database. */
  get database(): string {
    return `${this.systemName}-database`;
  }

  /** The ARN of a region's database. */
  databaseArn(region: string): string {
    return `arn:${Aws.PARTITION}:rds:${region}:${Aws.ACCOUNT_ID}:db:${this.database}`;
  }

  /** The master user's secret, which Secrets Manager replicates under the same name. */
  get secret(): string {
    return `${this.systemName}/database`;
  }

  /** The alias of each region's key. */
  get keyAlias(): string {
    return `alias/${this.systemName}`;
  }

  /** The bucket of a region; S3's names are the only ones in the world. */
  bucket(region: string): string {
    return `${this.systemName}-files-${Aws.ACCOUNT_ID}-${region}`;
  }

  /** The vault of each region that keeps copies. */
  get vault(): string {
    return `${this.systemName}-copies`;
  }

  /** The workflow by which a region takes over. */
  get takeOver(): string {
    return `${this.systemName}-take-over`;
  }

  /** The workflow by which a region steps back behind the other one. */
  get stepBack(): string {
    return `${this.systemName}-step-back`;
  }

  /** The ARN of a region's workflow. */
  workflowArn(region: string, name: string): string {
    return `arn:${Aws.PARTITION}:states:${region}:${Aws.ACCOUNT_ID}:stateMachine:${name}`;
  }

  /** The parameter, in each region, that tells the region's servers where their database is. */
  get databaseHostParameter(): string {
    return this.parameter('database-host');
  }

  /** The parameter, in each region, that holds the name of the region's load balancer. */
  get loadBalancerParameter(): string {
    return this.parameter('load-balancer');
  }

  /** The parameter, in the standby's region, that says which region serves. */
  get activeRegionParameter(): string {
    return this.parameter('active-region');
  }

  /** The parameter, in the standby's region, that says how many servers the standby has at least. */
  get standbyCapacityParameter(): string {
    return this.parameter('standby-capacity');
  }

  /** The parameter, in the standby's region, that says of which copy a cold standby's database is made. */
  get databaseCopyParameter(): string {
    return this.parameter('database-copy');
  }

  /** The ARN of a parameter. */
  parameterArn(region: string, parameter: string): string {
    return `arn:${Aws.PARTITION}:ssm:${region}:${Aws.ACCOUNT_ID}:parameter${parameter}`;
  }

  private parameter(name: string): string {
    return `/${this.systemName}/${name}`;
  }
}

/** What the parameter of a cold standby's copy holds while the standby sleeps. */
export const ASLEEP = 'none';
