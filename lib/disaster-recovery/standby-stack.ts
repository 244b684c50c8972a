import { CfnOutput } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { Monitoring } from '../building-blocks/monitoring';
import { ColdSite } from './cold-site';
import { CopyAge } from './copies-monitoring';
import { replicaOf } from './database-origins';
import { RecoveryStack, type RecoveryStackProps } from './recovery-stack';
import { certificateOf } from './region-certificate';
import type { RegionalSite } from './regional-site';
import { addReplicationMonitoring } from './replication-alarms';
import { ReverseReplication } from './reverse-replication';
import type { StandbyBaseStack } from './standby-base-stack';
import { StandbySite } from './standby-site';
import { addSwitchMonitoring } from './switch-monitoring';
import { Verification } from './verification';
import { Workflows } from './workflows';

/** Properties of StandbyStack. */
export interface StandbyStackProps extends RecoveryStackProps {
  readonly base: StandbyBaseStack;

  /** The zone that holds the system's records. */
  readonly zone: route53.IHostedZone;
}

/**
 * The system in the standby's region, running or ready to be built, and the takeover. It refers to nothing of the primary's
 * stacks, so that it can be changed and deleted when they can't.
 */
export class StandbyStack extends RecoveryStack {
  /** The load balancer, the servers and the replica; `undefined` while a cold standby is no more than copies. */
  readonly site?: RegionalSite;

  /** The region's alarms and its dashboard. */
  readonly monitoring: Monitoring;

  constructor(scope: Construct, id: string, props: StandbyStackProps) {
    super(scope, id, props, 'the region that takes over');
    const { base, settings, zone } = props;
    const { names } = settings;
    const { key, network } = base;
    const region = names.standbyRegion;
    const certificate = certificateOf(this, settings, 'standby');
    const { peer, verify } = new Verification(this, 'Verification', {
      settings,
      network,
      cidr: settings.cidrs.standby,
      isSecure: certificate !== undefined,
    });
    const common = { settings, network, key, zone, certificate, verifiedBy: peer };

    new ReverseReplication(this, 'Replication', { names, key, profile: settings.profile });
    this.monitoring = new Monitoring(this, 'Monitoring', settings);
    if (settings.strategy === 'warm') {
      this.site = new StandbySite(this, 'Standby', {
        ...common,
        databaseOrigin: replicaOf(names, names.primaryRegion),
        minCapacity: settings.standbyCapacity,
        minCapacityNow: ssm.StringParameter.valueForStringParameter(this, names.standbyCapacityParameter),
      }).site;
      this.site.addMonitoring(this.monitoring);
    } else {
      new ColdSite(this, 'Site', {
        ...common,
        minCapacity: settings.minCapacity,
        monitoring: this.monitoring,
        databaseCopy: ssm.StringParameter.valueForStringParameter(this, names.databaseCopyParameter),
        activeRegion: ssm.StringParameter.valueForStringParameter(this, names.activeRegionParameter),
      });
    }
    addReplicationMonitoring(this.monitoring, settings, region);
    addSwitchMonitoring(this.monitoring, names);
    const workflows = new Workflows(this, 'Workflows', {
      settings,
      region,
      key,
      verify: verify.function,
      switchFunction: base.switchFunction,
      monitoring: this.monitoring,
      site: this.site,
    });
    if (workflows.newestCopy) {
      new CopyAge(this, 'CopyAge', {
        newestCopy: workflows.newestCopy,
        maxAge: settings.recoveryPointObjective,
        monitoring: this.monitoring,
      });
    }
    new CfnOutput(this, 'CheckCommand', {
      value: workflows.takeOverCommand('check'),
      description: 'Looks whether this region could take over, and changes nothing',
    });
    new CfnOutput(this, 'Dashboard', {
      value: this.monitoring.dashboardUrl,
      description: "This region's alarms and graphs",
    });
    new CfnOutput(this, 'FailoverCommand', {
      value: workflows.takeOverCommand('disaster'),
      description: 'Makes this region the one that serves',
    });
  }
}
