import { Aws, Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import { ALIAS_TTL } from './detection-time';
import { NewestCopyFunction } from './functions/newest-copy-function';
import { StartStepBackFunction } from './functions/start-step-back-function';
import type { RecoverySettings } from './recovery-settings';
import type { RegionalSite } from './regional-site';
import { replicaSettingsOf } from './replica-settings';
import { StepBack } from './workflow/step-back';
import { TakeOver } from './workflow/take-over';

/** Properties of Workflows. */
export interface WorkflowsProps {
  readonly settings: RecoverySettings;

  /** The region that takes over and steps back. */
  readonly region: string;

  /** The region's key. */
  readonly key: kms.IKey;

  /** What owns the switch. */
  readonly switchFunction: lambda.IFunction;

  /** Where they report to. */
  readonly monitoring: Monitoring;

  /** What sees that the region serves. */
  readonly verify: lambda.IFunction;

  /**
   * The system in this region.
   *
   * @default - there is none until it is built from copies
   */
  readonly site?: RegionalSite;
}

/** How a region becomes the one that serves, and how it goes back to being the other one. */
export class Workflows extends Construct {
  /** Makes the region the one that serves. */
  readonly takeOver: sfn.IStateMachine;

  /** Makes the region the one that waits. */
  readonly stepBack: sfn.IStateMachine;

  /** Finds the copy of which the region would be built, where it is. */
  readonly newestCopy?: lambda.IFunction;

  constructor(scope: Construct, id: string, props: WorkflowsProps) {
    super(scope, id);
    const { key, region, settings, site } = props;
    const { names, profile } = settings;
    this.newestCopy = site
      ? undefined
      : new NewestCopyFunction(this, 'NewestCopy', { names, region, profile }).function;
    const common = {
      names,
      region,
      functions: {
        switch: props.switchFunction,
        verify: props.verify,
        startStepBack:
          site && new StartStepBackFunction(this, 'StartStepBack', { names, region, profile }).function,
        newestCopy: this.newestCopy,
      },
      database: site ? ('replica' as const) : ('copies' as const),
      fleet: site && {
        ...fleetOf(site),
        minCapacity: settings.minCapacity,
        maxCapacity: settings.site.maxCapacity,
        ...(region === names.standbyRegion && { standbyCapacity: settings.standbyCapacity }),
      },
      replica: site && replicaSettingsOf(site, settings, key),
      drainTime: DRAIN_TIME,
      alarmTopic: props.monitoring.alarmTopic,
      profile,
    };
    const stepBack = new StepBack(this, 'StepBack', common);
    this.stepBack = stepBack.stateMachine;
    this.takeOver = new TakeOver(this, 'TakeOver', { ...common, stepBack }).stateMachine;
  }

  /** The command that makes the region the one that serves, in a mode. */
  takeOverCommand(mode: string): string {
    const { stack } = this.takeOver;
    return `aws stepfunctions start-execution --region ${stack.region} --state-machine-arn ${this.takeOver.stateMachineArn} --input '{"mode":"${mode}"}'`;
  }
}

/**
 * How long clients may go to the other region after the switch was turned: up to a minute in which the switch's metric still
 * has its old value, too, another in which Route 53 looks at it, the time to live of the last answer, and one more.
 */
const DRAIN_TIME = Duration.seconds(ALIAS_TTL + 180);

function fleetOf({ servers }: RegionalSite) {
  const { autoScalingGroup, launchTemplate, role } = servers;
  return {
    autoScalingGroupName: autoScalingGroup.autoScalingGroupName,
    autoScalingGroupArn: autoScalingGroup.autoScalingGroupArn,
    launchTemplateArn: `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:launch-template/${launchTemplate.launchTemplateId}`,
    serverRoleArn: role.roleArn,
  };
}
