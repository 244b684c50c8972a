import { expect } from 'vitest';
import type { StackTemplate } from './apps';
import { type Container, partsOf } from './blue-green-service';
import type { Identified } from './resources';

/** What depends on the answers of Custom::ReleaseState. */
export function releasedIn(template: StackTemplate, service: string): Identified[] {
  const { productionRule, service: own, taskDefinition, testRule } = partsOf(template, service);
  return [own, taskDefinition, productionRule, testRule];
}

/** What a change of the template means to a service. */
export interface Change {
  /** Whether the template says something else of its rules, itself or its task definition. */
  readonly isReleasedChanged: boolean;

  /** Whether what was released is asked for anew. */
  readonly isAsked: boolean;

  readonly isFingerprintChanged: boolean;
}

/** Compares what two templates say of a service. */
export function changeBetween(
  one: StackTemplate,
  other: StackTemplate,
  services: readonly [string, string] = ['BetaService', 'BetaService'],
): Change {
  const [first, second] = [one, other].map((template, index) => {
    const service = services[index] ?? '';
    const { Properties } = partsOf(template, service).state;
    return { released: JSON.stringify(releasedIn(template, service)), state: Properties };
  });
  return {
    isReleasedChanged: first?.released !== second?.released,
    isFingerprintChanged: first?.state.Fingerprint !== second?.state.Fingerprint,
    isAsked: JSON.stringify(first?.state) !== JSON.stringify(second?.state),
  };
}

/** Image, command and weights are what Custom::ReleaseState answers, and nothing else is. */
export function expectOnlyAnswers(template: StackTemplate, service: string): void {
  const { container, productionRule, state, taskDefinition, testRule } = partsOf(template, service);
  const answer = (name: string) => ({ 'Fn::GetAtt': [state.id, name] });
  expect(container.Image).toEqual(answer('Image'));
  expect(container.Command).toEqual(answer('Command'));
  expect(weightsOf(productionRule)).toEqual([answer('ProductionBlue'), answer('ProductionGreen')]);
  expect(weightsOf(testRule)).toEqual([answer('TestBlue'), answer('TestGreen')]);
  const asked = Object.values(template.Resources).flatMap(({ Properties }) =>
    attributesOf(Properties, state.id),
  );
  expect(asked.sort()).toEqual(
    ['Command', 'Image', 'ProductionBlue', 'ProductionGreen', 'TestBlue', 'TestGreen'].sort(),
  );
  const containers = taskDefinition.Properties.ContainerDefinitions as Container[];
  expect(containers.filter(({ Essential }) => Essential)).toEqual([container]);
}

/** The weights of a rule that leads to both groups. */
function weightsOf({ Properties }: Identified): unknown[] {
  const [action, ...others] = Properties.Actions as {
    ForwardConfig: { TargetGroups: { Weight: unknown }[] };
  }[];
  expect(others).toEqual([]);
  return action?.ForwardConfig.TargetGroups.map(({ Weight }) => Weight) ?? [];
}

/** The groups of a rule, in order. */
export const groupsOf = ({ Properties }: Identified): unknown[] => {
  const [action] = Properties.Actions as { ForwardConfig: { TargetGroups: { TargetGroupArn: unknown }[] } }[];
  return action?.ForwardConfig.TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn) ?? [];
};

function attributesOf(value: unknown, id: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Fn::GetAtt' in value) {
    const [resource, attribute] = value['Fn::GetAtt'] as [string, string];
    return resource === id ? [attribute] : [];
  }
  return Object.values(value).flatMap((each) => attributesOf(each, id));
}
