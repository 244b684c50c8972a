import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { CopyVault } from './copy-vault';
import { emptyAtTheEnd } from './empty-at-the-end';
import { FailoverSwitch } from './failover-switch';
import { FilesBucket } from './files-bucket';
import { SwitchFunction } from './functions/switch-function';
import { RecoveryKey } from './recovery-key';
import { RecoveryNetwork } from './recovery-network';
import { RecoveryStack, type RecoveryStackProps } from './recovery-stack';
import { SwitchRepeater } from './switch-repeater';

/** What the primary needs to be there before itself: where its data is copied to, and the switch. It knows of nothing else. */
export class StandbyBaseStack extends RecoveryStack {
  /** The standby's key. */
  readonly key: kms.IKey;

  /** The standby's network. */
  readonly network: RecoveryNetwork;

  /** What says which region serves, and changes it. */
  readonly switchFunction: lambda.IFunction;

  constructor(scope: Construct, id: string, props: RecoveryStackProps) {
    super(scope, id, props, 'what the standby keeps');
    const { settings } = props;
    const { exposure, names, profile, standbyCapacity, strategy } = settings;
    this.key = new RecoveryKey(this, 'Key', { names, profile }).key;
    this.network = new RecoveryNetwork(this, 'Network', {
      cidr: settings.cidrs.standby,
      exposure,
      natGateways: strategy === 'warm',
      profile,
    });
    new FilesBucket(this, 'Files', {
      names,
      region: names.standbyRegion,
      key: this.key,
      profile,
      replicates: false,
    });
    new FailoverSwitch(this, 'Switch', { names, standbyCapacity });
    this.switchFunction = new SwitchFunction(this, 'SwitchFunction', { names, profile }).function;
    new SwitchRepeater(this, 'SwitchRepeater', { switchFunction: this.switchFunction });
    if (strategy === 'cold') {
      new CopyVault(this, 'Vault', {
        names,
        key: this.key,
        retention: settings.copyRetention,
        emptier: emptyAtTheEnd(profile),
        profile,
      });
    }
  }
}
