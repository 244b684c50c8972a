import { describe, expect, test } from 'vitest';
import { stateAfter } from './support/alarms';
import { promiseProblems } from './support/promises';

describe('promises', () => {
  const page = (heading: string, ...ids: string[]) =>
    [
      `## ${heading}`,
      '',
      '| Id | Promise |',
      '| --- | --- |',
      ...ids.map((id) => `| ${id} | It holds. |`),
      '',
      '## Props',
      '| XX-9 | no promise |',
    ].join('\n');

  test('hold where READMEs and tests agree', () => {
    const problems = promiseProblems(
      page('Promises', 'CS-1', 'CS-2'),
      page('約束', 'CS-1', 'CS-2'),
      new Set(['CS-2', 'CS-1']),
    );
    expect(problems).toEqual([]);
  });

  test.each([
    ['a promise without a test', ['CS-1', 'CS-2'], ['CS-1', 'CS-2'], ['CS-1'], 'no test proves CS-2'],
    ['a test without a promise', ['CS-1'], ['CS-1'], ['CS-1', 'CS-2'], 'README.md does not promise CS-2'],
    [
      'a promise in English only',
      ['CS-1', 'CS-2'],
      ['CS-1'],
      ['CS-1', 'CS-2'],
      'only one of README.md and README.ja.md promises CS-2',
    ],
    [
      'a promise in Japanese only',
      ['CS-1'],
      ['CS-1', 'CS-2'],
      ['CS-1'],
      'only one of README.md and README.ja.md promises CS-2',
    ],
    ['no promises', [], [], [], 'README.md promises nothing'],
    ['a promise made twice', ['CS-1', 'CS-1'], ['CS-1'], ['CS-1'], 'README.md promises an id twice'],
  ])('do not with %s', (_, english, japanese, proven, problem) => {
    const problems = promiseProblems(
      page('Promises', ...english),
      page('約束', ...japanese),
      new Set(proven),
    );
    expect(problems).toEqual([problem]);
  });

  test('need a section', () => {
    expect(() => promiseProblems('# A pattern', '# パターン', new Set())).toThrow('no section');
  });
});

describe('an alarm', () => {
  const alarm = (properties: Record<string, unknown>) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 10,
      EvaluationPeriods: 3,
      ...properties,
    },
  });

  test('fires when enough of the newest datapoints breach', () => {
    expect(stateAfter(alarm({}), [0, 11, 11, 11])).toBe('ALARM');
    expect(stateAfter(alarm({}), [11, 11, 11, 10])).toBe('OK');
    expect(stateAfter(alarm({ DatapointsToAlarm: 2 }), [11, 0, 11])).toBe('ALARM');
  });

  test.each([
    ['LessThanThreshold', 9, 10],
    ['LessThanOrEqualToThreshold', 10, 11],
    ['GreaterThanOrEqualToThreshold', 10, 9],
    ['GreaterThanThreshold', 11, 10],
  ])('compares as %s says', (ComparisonOperator, fires, stays) => {
    expect(stateAfter(alarm({ ComparisonOperator }), [fires, fires, fires])).toBe('ALARM');
    expect(stateAfter(alarm({ ComparisonOperator }), [stays, stays, stays])).toBe('OK');
  });

  test('treats missing datapoints as it is told', () => {
    expect(stateAfter(alarm({}), [undefined, undefined, undefined])).toBe('INSUFFICIENT_DATA');
    expect(stateAfter(alarm({ TreatMissingData: 'breaching' }), [undefined, 11, undefined])).toBe('ALARM');
    expect(stateAfter(alarm({ TreatMissingData: 'notBreaching' }), [undefined, undefined, undefined])).toBe(
      'OK',
    );
  });

  test('with an unknown operator is no alarm', () => {
    expect(() => stateAfter(alarm({ ComparisonOperator: 'Near' }), [1])).toThrow('Near');
  });
});
