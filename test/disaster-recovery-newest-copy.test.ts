import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type LocalService,
  type ServiceAnswer,
  type ServiceRequest,
  signedRegion,
  startService,
  stubFunction,
} from './support/local-service';

const NOW = new Date('2026-11-21T09:00:00Z');

let service: LocalService | undefined;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await service?.close();
});

async function load(answer: (request: ServiceRequest) => ServiceAnswer) {
  service = await startService(answer);
  stubFunction(service.url, { VAULT: 'intranet-copies' });
  const { handler } = await import('../lambda/disaster-recovery/newest-copy.js');
  return { handler, requests: service.requests };
}

/** A recovery point as the service sends it. */
const point = (name: string, secondsAgo: number, Status = 'COMPLETED') => ({
  RecoveryPointArn: `arn:aws:rds:ap-northeast-3:123456789012:snapshot:awsbackup:${name}`,
  ResourceType: 'RDS',
  Status,
  CreationDate: NOW.getTime() / 1000 - secondsAgo,
});

const copy = (name: string, ageSeconds: number) => ({
  snapshotArn: `arn:aws:rds:ap-northeast-3:123456789012:snapshot:awsbackup:${name}`,
  createdAt: new Date(NOW.getTime() - ageSeconds * 1000).toISOString(),
  ageSeconds,
});

const pageOf = (...RecoveryPoints: unknown[]) => ({ body: { RecoveryPoints } });

describe('the newest copy', () => {
  test('is found in the vault of its own region, among those of databases', async () => {
    const { handler, requests } = await load(() => pageOf(point('one', 3600)));
    await expect(handler()).resolves.toEqual(copy('one', 3600));
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /backup-vaults/intranet-copies/recovery-points?resourceType=RDS',
    ]);
    expect(requests.map(signedRegion)).toEqual(['ap-northeast-3']);
  });

  test.each([
    ['first', [point('b', 60), point('a', 120), point('c', 180)]],
    ['in the middle', [point('a', 120), point('b', 60), point('c', 180)]],
    ['last', [point('a', 120), point('c', 180), point('b', 60)]],
  ])('may come %s', async (_, points) => {
    const { handler } = await load(() => pageOf(...points));
    await expect(handler()).resolves.toEqual(copy('b', 60));
  });

  test('may be on any page', async () => {
    const pages = [[point('a', 500)], [], [point('b', 100)], [point('c', 300)]];
    const { handler, requests } = await load(({ path }) => {
      const index = Number(new URL(path, 'http://backup').searchParams.get('nextToken') ?? 0);
      return {
        body: {
          RecoveryPoints: pages[index],
          ...(index + 1 < pages.length && { NextToken: `${index + 1}` }),
        },
      };
    });
    await expect(handler()).resolves.toEqual(copy('b', 100));
    expect(requests).toHaveLength(pages.length);
  });

  test('is a complete one', async () => {
    const others = ['PARTIAL', 'DELETING', 'EXPIRED', 'AVAILABLE', 'STOPPED', 'CREATING'].map(
      (status, index) => point(status, index, status),
    );
    const { handler } = await load(() => pageOf(...others, point('done', 900)));
    await expect(handler()).resolves.toEqual(copy('done', 900));
  });

  test('has an age in whole seconds', async () => {
    const { handler } = await load(() => pageOf(point('one', 59.75)));
    await expect(handler()).resolves.toMatchObject({
      ageSeconds: 59,
      createdAt: '2026-11-21T08:59:00.250Z',
    });
  });
});

test.each([
  ['an empty vault', []],
  ['a vault with unfinished copies', [point('a', 10, 'CREATING'), point('b', 20, 'PARTIAL')]],
])('%s has no copy', async (_, points) => {
  const { handler } = await load(() => pageOf(...points));
  await expect(handler()).rejects.toMatchObject({
    name: 'NoCopy',
    message: 'The vault intranet-copies holds no complete copy of a database.',
  });
});

test('a refusal keeps its name', async () => {
  const { handler } = await load(() => ({
    status: 403,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    body: { message: 'Insufficient privileges to perform this action.' },
  }));
  await expect(handler()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
