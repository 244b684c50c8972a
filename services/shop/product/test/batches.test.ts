import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batches, type Work } from '../batches';

/** Runs that end when a test says so. */
class Runs {
  readonly begun: { readonly works: readonly Work[]; end(error?: Error): void }[] = [];

  readonly run = (works: readonly Work[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      this.begun.push({
        works,
        end: (error) => (error ? reject(error) : resolve(works.map(({ own }) => `${own} done`))),
      });
    });

  names(): string[] {
    return this.begun.map(({ works }) => works.map(({ own }) => own).join(' '));
  }

  async end(place: number, error?: Error): Promise<void> {
    this.begun[place]?.end(error);
    await new Promise(setImmediate);
  }
}

function work(own: string, ...shared: string[]): Work {
  return { own, shared };
}

test('what waits for the same thing goes together, and each gets its own result', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  const results = ['a', 'b', 'c'].map((own) => batches.submit(work(own, 'tea')));
  expect(runs.names()).toEqual(['a']);
  await runs.end(0);
  expect(runs.names()).toEqual(['a', 'b c']);
  await runs.end(1);
  expect(await Promise.all(results)).toEqual(['a done', 'b done', 'c done']);
});

test('what shares nothing runs at the same time', () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  void batches.submit(work('a', 'tea'));
  void batches.submit(work('b', 'cup'));
  expect(runs.names()).toEqual(['a', 'b']);
});

test('what waited for the same work and shares nothing runs in batches of its own', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  void batches.submit(work('a', 'tea', 'cup'));
  for (const [own, thing] of [
    ['b', 'tea'],
    ['c', 'cup'],
    ['d', 'tea'],
  ] as const)
    void batches.submit(work(own, thing));
  await runs.end(0);
  expect(runs.names()).toEqual(['a', 'b d', 'c']);
});

test('work with its own thing in a batch waits for the next one', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  void batches.submit(work('a', 'tea'));
  for (const own of ['b', 'b', 'c']) void batches.submit(work(own, 'tea'));
  await runs.end(0);
  expect(runs.names()).toEqual(['a', 'b']);
  await runs.end(1);
  expect(runs.names()).toEqual(['a', 'b', 'b c']);
});

test('nothing overtakes what it shares a thing with', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  void batches.submit(work('a', 'tea'));
  void batches.submit(work('b', 'tea', 'cup'));
  void batches.submit(work('c', 'cup'));
  expect(runs.names()).toEqual(['a']);
  await runs.end(0);
  expect(runs.names()).toEqual(['a', 'b c']);
});

test('a batch is no larger than told, but for work that is larger alone', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 3);
  void batches.submit(work('a', 'tea'));
  for (const own of ['b', 'c', 'd']) void batches.submit(work(own, 'tea'));
  void batches.submit(work('e', 'tea', 'cup', 'pot'));
  for (const place of [0, 1, 2]) await runs.end(place);
  expect(runs.names()).toEqual(['a', 'b c', 'd', 'e']);
});

test('a failure is told to all of its batch, and to nobody else', async () => {
  const runs = new Runs();
  const batches = new Batches(runs.run, 100);
  const results = ['a', 'b', 'c'].map((own) => batches.submit(work(own, 'tea')));
  const settled = Promise.allSettled(results);
  await runs.end(0);
  const later = batches.submit(work('d', 'tea'));
  await runs.end(1, new Error('no table'));
  await runs.end(2);
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await later).toBe('d done');
});

test('a result that is missing is a fault', async () => {
  const batches = new Batches(async () => [], 100);
  await expect(batches.submit(work('a', 'tea'))).rejects.toThrow('fewer results');
});

test('everything runs once, never beside what shares a thing with it, and in the order of each thing', async () => {
  const things = fc.uniqueArray(fc.constantFrom('tea', 'cup', 'pot', 'can'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(things, { maxLength: 30 }), async (scheduler, all) => {
      const running = new Set<string>();
      const order = new Map<string, number[]>();
      const batches = new Batches(async (works: readonly Work[]) => {
        expect(works.flatMap(({ shared }) => shared).filter((thing) => running.has(thing))).toEqual([]);
        for (const { own, shared } of works) {
          for (const thing of shared) {
            running.add(thing);
            order.set(thing, [...(order.get(thing) ?? []), Number(own)]);
          }
        }
        await scheduler.schedule(Promise.resolve());
        for (const { shared } of works) for (const thing of shared) running.delete(thing);
        return works.map(({ own }) => own);
      }, 6);
      const results = all.map((shared, place) => batches.submit(work(String(place), ...shared)));
      expect(await scheduler.waitFor(Promise.all(results))).toEqual(all.map((_, place) => String(place)));
      for (const places of order.values()) expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});
