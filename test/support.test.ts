import { describe, expect, test } from 'vitest';
import { metricsOf, stateAfter, stateAfterMetrics } from './support/alarms';
import type { StackTemplate } from './support/apps';
import { evaluateMetricMath } from './support/metric-math';
import { allowedConnections } from './support/network';

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

describe('metric math', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['a / 4', 2.5],
    ['a - b', 7],
    ['a > b', 1],
    ['a < b', 0],
    ['a >= 10', 1],
    ['a <= 9.5', 0],
    ['a == b', 0],
    ['a != b', 1],
    ['a + 1 > b * 4', 0],
    ['IF(a > b, a, b)', 10],
    ['IF(a < b, a, b)', 3],
    ['FILL(none, 0) + a', 10],
    ['FILL(a, 0)', 10],
    ['IF(FILL(none, 0) > 0, a / FILL(none, 0), 0)', 0],
    ['MAX([b, a])', 10],
    ['MAX([none, b]) + 1', 4],
    ['FILL(MAX([none]), 7)', 7],
  ])('%s', (expression, value) => {
    expect(evaluateMetricMath(expression, { a: 10, b: 3, none: undefined })).toBe(value);
  });

  test.each([
    'none',
    'a + none',
    'none - a',
    'a / 0',
    'IF(none, 1, 2)',
    'IF(a, none, 2)',
    'FILL(none, none)',
  ])('%s has no datapoint', (expression) => {
    expect(evaluateMetricMath(expression, { a: 10, none: undefined })).toBeUndefined();
  });

  test.each([
    ['a + c', 'there is no metric c'],
    ['SUM(a)', 'SUM is no function that this evaluation knows'],
    ['FILL(a)', 'FILL takes 2 values'],
    ['FILL(a, 0', 'its end stands where'],
    ['(a', 'its end stands where ) should'],
    ['a a', 'a is left over'],
    ['a ^ 2', 'does not know all of it'],
  ])('%s is refused', (expression, message) => {
    expect(() => evaluateMetricMath(expression, { a: 10 })).toThrow(message);
  });
});

describe('an alarm on metric math', () => {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { MetricName, Namespace: 'Shop', Dimensions: [{ Name: 'Till', Value: '1' }] },
      Period: 60,
      Stat: 'Sum',
    },
  });
  const alarm = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 2,
      EvaluationPeriods: 2,
      TreatMissingData: 'notBreaching',
      Metrics: [
        { Id: 'all', Expression: 'one + FILL(other, 1)', ReturnData: true },
        metric('one', 'Sales'),
        metric('other', 'Returns'),
      ],
    },
  };

  test('counts what the expression makes of each period', () => {
    expect(stateAfterMetrics(alarm, { Sales: [0, 2, 2], Returns: [0, 1, undefined] })).toBe('ALARM');
    expect(stateAfterMetrics(alarm, { Sales: [2, 2, undefined], Returns: [1, 1, 1] })).toBe('OK');
  });

  test('names its metrics', () => {
    const watched = { namespace: 'Shop', statistic: 'Sum', period: 60, dimensions: { Till: '1' } };
    expect(metricsOf(alarm)).toEqual({ Sales: watched, Returns: watched });
  });

  test('needs all of its metrics, for the same periods', () => {
    expect(() => stateAfterMetrics(alarm, { Sales: [1] })).toThrow('Sales, Returns');
    expect(() => stateAfterMetrics(alarm, { Sales: [1], Returns: [1, 2] })).toThrow('one length');
  });
});

describe('connections', () => {
  const group = (...ranges: string[]) => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      SecurityGroupIngress: ranges.map((CidrIp) => ({ CidrIp, IpProtocol: 'tcp', FromPort: 1, ToPort: 2 })),
    },
  });
  const groupsOf = (template: StackTemplate) =>
    allowedConnections(template, 'Ingress').map((each) => each.group);

  test('leave out the path that all groups have in common, by whole words', () => {
    const Resources = {
      MyShopServersGroup01234567: group('10.0.0.0/8'),
      MyShopServicesGroup01234567: group('10.0.0.0/8'),
    };
    expect(groupsOf({ Resources })).toEqual(['ServersGroup', 'ServicesGroup']);
  });

  test('leave out nothing of a single group, or of groups without a path', () => {
    expect(groupsOf({ Resources: { OneGroup01234567: group('10.0.0.0/8') } })).toEqual(['OneGroup']);
    const Resources = { OneGroup01234567: group('10.0.0.0/8'), TwoGroup01234567: group() };
    expect(groupsOf({ Resources })).toEqual(['OneGroup']);
  });
});
