import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type LocalService,
  operationOf,
  type ServiceAnswer,
  type ServiceRequest,
  signedRegion,
  startService,
  stubFunction,
} from './support/local-service';

const ENVIRONMENT = {
  SWITCH_REGION: 'ap-northeast-3',
  SYSTEM: 'intranet',
  PARAMETER: '/intranet/active-region',
  PRIMARY_REGION: 'ap-northeast-1',
  STANDBY_REGION: 'ap-northeast-3',
};

let service: LocalService | undefined;
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await service?.close();
});

async function load(
  answer: (request: ServiceRequest) => ServiceAnswer | undefined = () => ({ body: {} }),
  environment: Readonly<Record<string, string | undefined>> = {},
) {
  service = await startService(answer);
  stubFunction(service.url, { AWS_REGION: 'ap-northeast-1', ...ENVIRONMENT, ...environment });
  const { handler } = await import('../lambda/disaster-recovery/switch.js');
  return { handler, requests: service.requests };
}

const parameterOf = (value: string) => () => ({ body: { Parameter: { Value: value } } });

/** The metric as it is sent. */
const metric = (value: number) => ({
  operation: 'PutMetricData',
  input: {
    Namespace: 'DisasterRecovery',
    MetricData: [
      { MetricName: 'FailedOver', Dimensions: [{ Name: 'System', Value: 'intranet' }], Value: value },
    ],
  },
});

describe('without a region', () => {
  test.each([
    ['ap-northeast-1', 0],
    ['ap-northeast-3', 1],
  ])('%s is read and not written, and the metric says %d', async (active, value) => {
    const { handler, requests } = await load(parameterOf(active));
    await expect(handler({})).resolves.toEqual({ activeRegion: active });
    expect(requests.map(operationOf)).toEqual([
      { operation: 'GetParameter', input: { Name: '/intranet/active-region' } },
      metric(value),
    ]);
    expect(requests.map(signedRegion)).toEqual(['ap-northeast-3', 'ap-northeast-3']);
  });

  test.each(['', 'none', 'us-east-1', 'ap-northeast-1 '])('the parameter may not hold %j', async (value) => {
    const { handler } = await load(parameterOf(value));
    await expect(handler({})).rejects.toMatchObject({
      name: 'UnknownRegion',
      message: `The parameter /intranet/active-region in ap-northeast-3 names ${JSON.stringify(value)}; the system's regions are ap-northeast-1 and ap-northeast-3.`,
    });
  });

  test('a parameter that does not exist is an error by its name', async () => {
    const { handler } = await load(() => ({ status: 400, body: { __type: 'ParameterNotFound' } }));
    await expect(handler({})).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});

describe('with a region', () => {
  test.each([
    ['ap-northeast-1', 0],
    ['ap-northeast-3', 1],
  ])('%s is written, then the metric says %d', async (activeRegion, value) => {
    const { handler, requests } = await load();
    await expect(handler({ activeRegion })).resolves.toEqual({ activeRegion });
    expect(requests.map(operationOf)).toEqual([
      {
        operation: 'PutParameter',
        input: { Name: '/intranet/active-region', Value: activeRegion, Type: 'String', Overwrite: true },
      },
      metric(value),
    ]);
    expect(requests.map(signedRegion)).toEqual(['ap-northeast-3', 'ap-northeast-3']);
  });

  test('the same may be written again', async () => {
    const { handler, requests } = await load();
    await handler({ activeRegion: 'ap-northeast-3' });
    await handler({ activeRegion: 'ap-northeast-3' });
    const [parameter, sent, ...again] = requests.map(operationOf);
    expect(again).toEqual([parameter, sent]);
  });

  test.each(['', 'us-east-1', 'AP-NORTHEAST-1'])('%j is refused, and nothing is written', async (name) => {
    const { handler, requests } = await load();
    await expect(handler({ activeRegion: name })).rejects.toMatchObject({
      name: 'UnknownRegion',
      message: `The event names ${JSON.stringify(name)}; the system's regions are ap-northeast-1 and ap-northeast-3.`,
    });
    expect(requests).toEqual([]);
  });

  test("nothing is sent where the parameter can't be written", async () => {
    const { handler, requests } = await load(() => ({
      status: 403,
      body: { __type: 'AccessDeniedException', message: 'not today' },
    }));
    await expect(handler({ activeRegion: 'ap-northeast-3' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not today',
    });
    expect(requests.map((request) => operationOf(request).operation)).toEqual(['PutParameter']);
  });

  test('a service that takes the question and says nothing is given up within 30 seconds', async () => {
    const { handler, requests } = await load(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const outcome = handler({}).catch((error: unknown) => error);
    let settled = false;
    outcome.finally(() => {
      settled = true;
    });
    let seconds = 0;
    for (; !settled; seconds += 0.05) {
      await vi.advanceTimersByTimeAsync(50);
      await new Promise(setImmediate);
      expect(seconds).toBeLessThan(30);
    }
    await expect(outcome).resolves.toMatchObject({ name: 'TimeoutError' });
    expect(requests).toHaveLength(4);
    expect(seconds).toBeGreaterThan(16);
  });

  test('a service that is busy is asked again', async () => {
    let asked = 0;
    const { handler, requests } = await load(() => {
      asked += 1;
      return asked === 1 ? { status: 503, body: { __type: 'ServiceUnavailable' } } : { body: {} };
    });
    await handler({ activeRegion: 'ap-northeast-1' });
    expect(requests.map((request) => operationOf(request).operation)).toEqual([
      'PutParameter',
      'PutParameter',
      'PutMetricData',
    ]);
  });
});

describe('a wrong environment stops the function at its start', () => {
  test.each(Object.keys(ENVIRONMENT))('%s', async (name) => {
    await expect(load(undefined, { [name]: undefined })).rejects.toThrow(
      `the environment variable ${name} is missing`,
    );
    await service?.close();
    await expect(load(undefined, { [name]: '' })).rejects.toThrow(
      `the environment variable ${name} is empty`,
    );
  });
});
