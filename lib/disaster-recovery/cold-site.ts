import { CfnCondition, type CfnResource, Fn, NestedStack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Monitoring } from '../building-blocks/monitoring';
import { restoredFrom } from './database-origins';
import { LateNatGateways } from './late-nat-gateways';
import { StandbySite, type StandbySiteProps } from './standby-site';
import { ASLEEP } from './system-names';

/** Properties of ColdSite. */
export interface ColdSiteProps
  extends Omit<StandbySiteProps, 'databaseOrigin' | 'minCapacityNow' | 'recordCondition'> {
  /** The copy of the database, by its snapshot's ARN, or ASLEEP: as a text that each deployment looks up. */
  readonly databaseCopy: string;

  /** The region that serves, as a text that each deployment looks up. */
  readonly activeRegion: string;

  /** The topic of the region's alarms. */
  readonly monitoring: Monitoring;
}

/**
 * The standby that is there only when it is needed: a nested stack that CloudFormation makes once there is a copy to make the
 * database of, and takes away when there is none any more.
 *
 * So the code that would be needed to rebuild the system lies ready in the region itself, tried by each deployment, and
 * nobody has to find it, its tools and its rights on the day when a region is lost.
 */
export class ColdSite extends NestedStack {
  constructor(scope: Construct, id: string, props: ColdSiteProps) {
    super(scope, id, { description: `${props.settings.names.systemName}: the standby, awake` });
    const { activeRegion, databaseCopy, monitoring, network, settings } = props;
    const isAwake = new CfnCondition(scope, `${id}IsAwake`, {
      expression: Fn.conditionNot(Fn.conditionEquals(databaseCopy, ASLEEP)),
    });
    (this.nestedStackResource as CfnResource).cfnOptions.condition = isAwake;
    const gateways = new LateNatGateways(this, 'Nat', { network, count: settings.profile.natGateways });
    const { site } = new StandbySite(this, 'Standby', {
      ...props,
      // In a rehearsal, a primary that turns sick must not lead anybody to a database of yesterday.
      recordCondition: new CfnCondition(this, 'Serves', {
        expression: Fn.conditionEquals(activeRegion, settings.names.standbyRegion),
      }),
      databaseOrigin: restoredFrom(settings.names, databaseCopy),
      isTemporary: true,
    });
    // Their first boot downloads packages.
    site.servers.autoScalingGroup.node.addDependency(gateways);
    site.addMonitoring(new Monitoring(this, 'Monitoring', { alarmTopic: monitoring.alarmTopic }));
  }
}
