import type { Construct } from 'constructs';
import { NAMESPACE } from '../../../lambda/disaster-recovery/failed-over-metric';
import { HandlerCode } from '../../building-blocks/handler-code';
import { NodeFunction } from '../../building-blocks/node-function';
import type { Profile } from '../../profile';
import type { SystemNames } from '../system-names';
import { SMALL_FUNCTION } from './small-function';

/** Properties of SwitchFunction. */
export interface SwitchFunctionProps {
  readonly names: SystemNames;
  readonly profile: Profile;
}

/** Reads and writes which region serves. In both regions it works on the switch in the standby's. */
export class SwitchFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { names, profile }: SwitchFunctionProps) {
    super(scope, id, {
      ...SMALL_FUNCTION,
      description: 'Reads and writes which region serves',
      code: new HandlerCode('disaster-recovery', 'switch'),
      environment: {
        SWITCH_REGION: names.standbyRegion,
        SYSTEM: names.systemName,
        PARAMETER: names.activeRegionParameter,
        PRIMARY_REGION: names.primaryRegion,
        STANDBY_REGION: names.standbyRegion,
      },
      unboundRights: [
        {
          actions: ['cloudwatch:PutMetricData'],
          conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
          why: 'PutMetricData takes no resource; a condition keeps it to one namespace.',
        },
      ],
      whyNoDeadLetterQueue: 'Workflows wait for its answer, and the schedule asks again a minute later.',
      profile,
    });
    this.allow(
      ['ssm:GetParameter', 'ssm:PutParameter'],
      [names.parameterArn(names.standbyRegion, names.activeRegionParameter)],
    );
  }
}
