import type { StackTemplate } from './apps';

/** Where a template is deployed. */
export interface StackPlace {
  readonly stack: string;
  readonly region: string;
}

const BASE: StackPlace = { stack: 'StandbyBase', region: 'ap-northeast-3' };

/** How another stack refers to a value of a template, that of the standby's base by default: by the output that holds it. */
export function referenceTo(template: StackTemplate, value: object, { region, stack } = BASE): unknown {
  const [found] = Object.entries(template.Outputs ?? {}).filter(
    ([, { Value }]) => JSON.stringify(Value) === JSON.stringify(value),
  );
  if (!found) throw new Error(`no output holds ${JSON.stringify(value)}`);
  const [OutputName] = found;
  return { 'Fn::GetStackOutput': { StackName: `DisasterRecovery-${stack}`, Region: region, OutputName } };
}
