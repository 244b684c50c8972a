import { type Duration, Token } from 'aws-cdk-lib';
import type { TrafficShiftConfig } from 'aws-cdk-lib/aws-ecs';
import { checkMinutes } from '../building-blocks/durations';
import type { Problems } from '../building-blocks/problems';
import { checkWholeNumber } from '../building-blocks/whole-number';
import {
  DEFAULT_BAKE_TIME,
  DEFAULT_CANARY,
  DEFAULT_LINEAR,
  type DeploymentOptions,
} from './deployment-options';

/** Minutes; a stage of a deployment has 24 hours, and its switch takes some of them. */
const LONGEST_BAKE = 1380;

/**
 * Minutes. CloudFormation refuses a service whose deployment would take longer, since it waits for 36 hours itself; CodeDeploy
 * is held to the same.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html
 */
const LONGEST_DEPLOYMENT = 33 * 60;

/** Adds to `problems` what can't be honoured in `options`. */
export function checkDeployment(options: DeploymentOptions, problems: Problems): void {
  const { bakeTime, canaryConfiguration, deployment, deploymentStrategy, linearConfiguration } = options;
  oneOf('deployment', deployment, ['ecs', 'codeDeploy'], problems);
  oneOf('deploymentStrategy', deploymentStrategy, ['blueGreen', 'linear', 'canary'], problems);
  const least = deployment === 'codeDeploy' ? 1 : 3;
  checkShift('canary', canaryConfiguration, 1, options, problems);
  checkShift('linear', linearConfiguration, least, options, problems);
  checkMinutes('bakeTime', bakeTime, [0, LONGEST_BAKE], problems);
  checkLength(options, problems);
  checkAlarms(options, problems);
  const hasAlarms = (options.rollbackOnErrors ?? true) || (options.deploymentAlarms ?? []).length > 0;
  if (bakeTime && !bakeTime.isUnresolved() && bakeTime.toMilliseconds() === 0 && hasAlarms) {
    problems.add(
      'bakeTime',
      bakeTime.toString(),
      'leaves the alarms no time to ring; give at least a minute, or rollbackOnErrors: false and no deploymentAlarms.',
    );
  }
}

/** From the first user on a new version to the end of the old tasks. */
function checkLength(options: DeploymentOptions, problems: Problems): void {
  const { bakeTime = DEFAULT_BAKE_TIME, deploymentStrategy: strategy = 'blueGreen' } = options;
  if (strategy !== 'canary' && strategy !== 'linear') return;
  const { stepBakeTime, stepPercent } =
    strategy === 'canary'
      ? { ...DEFAULT_CANARY, ...options.canaryConfiguration }
      : { ...DEFAULT_LINEAR, ...options.linearConfiguration };
  const times = [bakeTime, stepBakeTime];
  const minutes = (duration: Duration) => duration.toMinutes({ integral: false });
  // What is wrong by itself has been told.
  if (times.some((time) => time.isUnresolved() || minutes(time) > LONGEST_BAKE)) return;
  if (Token.isUnresolved(stepPercent) || !(stepPercent > 0)) return;
  const steps = strategy === 'canary' ? 1 : Math.ceil(100 / stepPercent) - 1;
  const total = minutes(bakeTime) + steps * minutes(stepBakeTime);
  if (total <= LONGEST_DEPLOYMENT) return;
  problems.add(
    `${strategy}Configuration`,
    total,
    `minutes, with bakeTime, are more than the ${LONGEST_DEPLOYMENT} that CloudFormation takes; give less time or fewer steps.`,
  );
}

/** Neither service takes a name twice. */
function checkAlarms({ deploymentAlarms = [] }: DeploymentOptions, problems: Problems): void {
  for (const alarm of new Set(
    deploymentAlarms.filter((one, index) => deploymentAlarms.indexOf(one) < index),
  )) {
    problems.add('deploymentAlarms', alarm.node.path, 'is there twice; give each alarm once.');
  }
}

function checkShift(
  strategy: 'canary' | 'linear',
  shift: TrafficShiftConfig | undefined,
  least: number,
  { deploymentStrategy = 'blueGreen' }: DeploymentOptions,
  problems: Problems,
): void {
  if (!shift) return;
  const prop = `${strategy}Configuration`;
  if (deploymentStrategy !== strategy) {
    problems.add(
      prop,
      shift.stepPercent ?? {},
      `is for another strategy; give deploymentStrategy '${strategy}'.`,
    );
  }
  checkWholeNumber(`${prop}.stepPercent`, shift.stepPercent, [least, 99], 'percent', problems);
  checkMinutes(`${prop}.stepBakeTime`, shift.stepBakeTime, [1, LONGEST_BAKE], problems);
}

/** No token will do: it decides what is made. */
function oneOf(
  prop: string,
  value: string | undefined,
  allowed: readonly string[],
  problems: Problems,
): void {
  if (value === undefined || allowed.includes(value)) return;
  problems.add(prop, value, `is unknown; give one of ${allowed.map((name) => `'${name}'`).join(', ')}.`);
}
