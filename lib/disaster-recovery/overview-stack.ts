import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Monitoring } from '../building-blocks/monitoring';
import type { DnsStack } from './dns-stack';
import { addHealthMonitoring } from './health-checks';
import type { PrimaryStack } from './primary-stack';
import { RecoveryStack, type RecoveryStackProps } from './recovery-stack';
import { addSideBySide } from './side-by-side';
import type { StandbyStack } from './standby-stack';

/** Properties of OverviewStack. */
export interface OverviewStackProps extends RecoveryStackProps {
  readonly primary: PrimaryStack;
  readonly dns: DnsStack;
  readonly standby: StandbyStack;
}

/** Both regions side by side, and the alarm on the primary's health as Route 53 sees it, which is to be had here alone. */
export class OverviewStack extends RecoveryStack {
  /** The dashboard and the alarm. */
  readonly monitoring: Monitoring;

  constructor(scope: Construct, id: string, props: OverviewStackProps) {
    super(scope, id, props, 'both regions side by side');
    const { dns, primary, settings, standby } = props;
    this.monitoring = new Monitoring(this, 'Monitoring', settings);
    addHealthMonitoring(this.monitoring, dns.health);
    addSideBySide(this.monitoring.dashboard, settings, { primary: primary.site, standby: standby.site });
    new CfnOutput(this, 'Dashboard', {
      value: this.monitoring.dashboardUrl,
      description: 'Both regions side by side',
    });
  }
}
