import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Monitoring } from '../building-blocks/monitoring';
import { Copies } from './copies';
import { addCopiesMonitoring } from './copies-monitoring';
import { copySchedule } from './copy-times';
import { CopyVault } from './copy-vault';
import { withReplicatedSecret } from './database-origins';
import { emptyAtTheEnd } from './empty-at-the-end';
import { FilesBucket } from './files-bucket';
import { SwitchFunction } from './functions/switch-function';
import { GameDay } from './game-day';
import { PrimaryDownAlarm } from './primary-down-alarm';
import { RecoveryKey } from './recovery-key';
import { RecoveryNetwork } from './recovery-network';
import type { RecoverySettings } from './recovery-settings';
import { RecoveryStack, type RecoveryStackProps } from './recovery-stack';
import { certificateOf } from './region-certificate';
import { RegionalSite } from './regional-site';
import { addReplicationMonitoring } from './replication-alarms';
import { StopAlarm } from './stop-alarm';
import { Verification } from './verification';
import { Workflows } from './workflows';

/** The system in the region that serves, what keeps the standby up to date, and the way back to this region. */
export class PrimaryStack extends RecoveryStack {
  /** The network. */
  readonly network: RecoveryNetwork;

  /** The load balancer, the servers and the database. */
  readonly site: RegionalSite;

  /** The region's alarms and its dashboard. */
  readonly monitoring: Monitoring;

  /** How the system comes back to this region. */
  readonly workflows: Workflows;

  /** Whether the load balancers speak HTTPS. */
  readonly isSecure: boolean;

  constructor(scope: Construct, id: string, props: RecoveryStackProps) {
    super(scope, id, props, 'the region that serves');
    const { settings } = props;
    const { detection, names, profile } = settings;
    const region = names.primaryRegion;
    const { key } = new RecoveryKey(this, 'Key', { names, profile });
    this.network = new RecoveryNetwork(this, 'Network', {
      cidr: settings.cidrs.primary,
      exposure: settings.exposure,
      natGateways: true,
      profile,
    });
    new FilesBucket(this, 'Files', { names, region, key, profile, replicates: true });
    const certificate = certificateOf(this, settings, 'primary');
    this.isSecure = certificate !== undefined;
    const { peer, verify } = new Verification(this, 'Verification', {
      settings,
      network: this.network,
      cidr: settings.cidrs.primary,
      isSecure: this.isSecure,
    });
    this.site = new RegionalSite(this, 'Site', {
      ...settings.site,
      names,
      region,
      network: this.network,
      key,
      application: settings.application(this),
      amiId: settings.amiIds?.primary,
      certificate,
      verifiedBy: peer,
      databaseOrigin: withReplicatedSecret(names, profile),
      minCapacity: settings.minCapacity,
    });
    this.monitoring = new Monitoring(this, 'Monitoring', settings);
    this.site.addMonitoring(this.monitoring);
    addReplicationMonitoring(this.monitoring, settings, region);
    if (detection.kind === 'alarm') {
      new PrimaryDownAlarm(this, 'Down', {
        ...detection,
        names,
        targetGroup: this.site.loadBalancer.targetGroup,
      });
    }
    if (settings.strategy === 'cold') this.addCopies(settings, key);
    if (settings.gameDay) this.addGameDay(settings);
    this.workflows = new Workflows(this, 'Workflows', {
      settings,
      region,
      key,
      verify: verify.function,
      switchFunction: new SwitchFunction(this, 'Switch', { names, profile }).function,
      monitoring: this.monitoring,
      site: this.site,
    });
    new CfnOutput(this, 'FailbackCommand', {
      value: this.workflows.takeOverCommand('planned'),
      description: 'Makes this region the one that serves again',
    });
    new CfnOutput(this, 'SessionManagerCommand', {
      value: this.site.servers.sessionManagerCommand,
      description: 'Opens a shell on one of the servers',
    });
    new CfnOutput(this, 'Dashboard', {
      value: this.monitoring.dashboardUrl,
      description: "This region's alarms and graphs",
    });
  }

  /** Makes copies for a standby that is cold. */
  private addCopies({ copyInterval, copyRetention, names, profile }: RecoverySettings, key: kms.IKey): void {
    const vault = new CopyVault(this, 'Vault', {
      names,
      key,
      retention: copyRetention,
      emptier: emptyAtTheEnd(profile),
      profile,
    });
    new Copies(this, 'Copies', {
      names,
      vault,
      schedule: copySchedule(copyInterval.toHours()),
      retention: copyRetention,
      resources: [this.site.database.instance, this.site.servers.autoScalingGroup],
    });
    addCopiesMonitoring(this.monitoring, names);
  }

  /** Adds what the loss of this region is rehearsed with. */
  private addGameDay({ detection, names, profile }: RecoverySettings): void {
    const { loadBalancer } = this.site.loadBalancer;
    const gameDay = new GameDay(this, 'GameDay', {
      names,
      vpc: this.network.vpc,
      autoScalingGroup: this.site.servers.autoScalingGroup,
      stopAlarm: new StopAlarm(this, 'StopAlarm', { loadBalancer, detection }).alarm,
      duration: Duration.minutes(30),
      profile,
    });
    new CfnOutput(this, 'GameDayCommand', {
      value: `aws fis start-experiment --region ${this.region} --experiment-template-id ${gameDay.servers.templateId}`,
      description: 'Takes all servers of this region away for half an hour',
    });
  }
}
