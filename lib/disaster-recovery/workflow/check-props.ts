import type { Construct } from 'constructs';
import { Problems } from '../../building-blocks/problems';
import type { WorkflowFunctions, WorkflowProps } from './workflow-props';

/** Throws when a workflow is not given what it needs with its kind of database. */
export function checkProps(
  scope: Construct,
  props: WorkflowProps,
  functions: readonly (keyof WorkflowFunctions)[],
): void {
  const problems = new Problems(scope);
  const { database, names, region } = props;
  if (region !== names.primaryRegion && region !== names.standbyRegion) {
    problems.add('region', region, `is none of ${names.primaryRegion} and ${names.standbyRegion}.`);
  }
  if (database === 'copies' && region === names.primaryRegion) {
    problems.add('database', database, `is not possible in ${region}: copies are in the standby's region.`);
  }
  const needed = database === 'replica' ? (['fleet', 'replica'] as const) : [];
  for (const prop of needed) {
    if (!props[prop]) problems.add(prop, null, 'is missing, and a workflow with a replica needs it.');
  }
  for (const name of functions) {
    if (!props.functions[name]) problems.add(`functions.${name}`, null, 'is missing; give the function.');
  }
  problems.throwIfAny();
}
