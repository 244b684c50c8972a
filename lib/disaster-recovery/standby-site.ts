import type { CfnCondition } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { MySqlOrigin } from '../building-blocks/mysql-origin';
import { FailoverRecord } from './failover-record';
import type { RecoveryNetwork } from './recovery-network';
import type { RecoverySettings } from './recovery-settings';
import { RegionalSite } from './regional-site';

/** Properties of StandbySite. */
export interface StandbySiteProps {
  readonly settings: RecoverySettings;
  readonly network: RecoveryNetwork;
  readonly key: kms.IKey;
  readonly zone: route53.IHostedZone;
  readonly certificate?: acm.ICertificate;
  readonly databaseOrigin: MySqlOrigin;

  /**
   * Whether it is there until the primary serves again.
   *
   * @default false
   */
  readonly isTemporary?: boolean;

  /**
   * When the system's name may lead here.
   *
   * @default - always
   */
  readonly recordCondition?: CfnCondition;

  /**
   * From where a takeover asks whether the site serves.
   *
   * @default - from where everybody does
   */
  readonly verifiedBy?: ec2.IPeer;

  /** How many servers there are at least when it is made. */
  readonly minCapacity: number;

  /**
   * How many servers there are at least, as a text that a deployment looks up: what a takeover has changed stays as it is.
   *
   * @default - `minCapacity` at all times
   */
  readonly minCapacityNow?: string;
}

/** The system in the standby's region, and the record that leads there. */
export class StandbySite extends Construct {
  /** The load balancer, the servers and the database. */
  readonly site: RegionalSite;

  constructor(scope: Construct, id: string, props: StandbySiteProps) {
    super(scope, id);
    const { settings, zone } = props;
    const { amiIds, domainName, names } = settings;
    this.site = new RegionalSite(this, 'Site', {
      ...settings.site,
      ...props,
      names,
      region: names.standbyRegion,
      application: settings.application(this),
      amiId: amiIds?.standby,
    });
    if (props.minCapacityNow !== undefined) {
      const group = this.site.servers.autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
      group.minSize = props.minCapacityNow;
    }
    new FailoverRecord(this, 'Record', {
      hostedZoneId: zone.hostedZoneId,
      domainName,
      failover: 'SECONDARY',
      loadBalancer: this.site.loadBalancer.loadBalancer,
      condition: props.recordCondition,
    });
  }
}
