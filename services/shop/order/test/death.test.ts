import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlace, type Place } from './support/instance';
import { live, STORIES } from './support/purchase';

let place: Place;

beforeAll(async () => {
  place = await openPlace();
});

afterAll(() => place.close());

test.each(STORIES)(
  '$name: whenever the process dies or a call fails, another one ends the order well',
  async (story) => {
    for (const how of ['dies', 'fails'] as const) {
      for (const when of ['before', 'after'] as const) {
        for (let at = 1, reached = true; reached; at += 1) {
          const [life] = await live(place, story, [{ at, when, how }]);
          reached = life?.isFulfilled ?? false;
          if (!reached) expect(at).toBeGreaterThan(5);
        }
      }
    }
  },
  120_000,
);

const FATES = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 14 }),
    when: fc.constantFrom('before' as const, 'after' as const),
    how: fc.constantFrom('dies' as const, 'fails' as const),
  }),
  { minLength: 2, maxLength: 5 },
);

test.each(['in turn', 'together'] as const)(
  'several processes that work on an order %s, and end when they like, leave it in order',
  async (inTime) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...STORIES), FATES, async (story, fates) => {
        await live(place, story, fates, inTime);
      }),
      { numRuns: 25 },
    );
  },
  120_000,
);
