import { expect, test } from 'vitest';
import { Turnstile } from '../turnstile';

/** Work that ends when a test says so. */
function held() {
  const releases: (() => void)[] = [];
  const began: string[] = [];
  const work = (name: string) => () => {
    began.push(name);
    return new Promise<string>((resolve) => releases.push(() => resolve(name)));
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { releases, began, work, settle };
}

test('so many run at once, the others in their order, and more are refused', async () => {
  const { releases, began, work, settle } = held();
  const turnstile = new Turnstile(2, 2);
  const passes = ['a', 'b', 'c', 'd'].map((name) => turnstile.pass(work(name)));
  await expect(turnstile.pass(work('e'))).rejects.toMatchObject({ statusCode: 503, slug: 'busy' });
  expect(began).toEqual(['a', 'b']);
  for (const expected of [
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'd'],
  ]) {
    releases.shift()?.();
    await settle();
    expect(began).toEqual(expected);
  }
  for (const release of releases) release();
  expect(await Promise.all(passes)).toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails makes room, too', async () => {
  const { releases, began, work, settle } = held();
  const turnstile = new Turnstile(1, 1);
  const failing = turnstile.pass(() => Promise.reject(new Error('no')));
  const waiting = turnstile.pass(work('a'));
  await expect(failing).rejects.toThrow('no');
  await settle();
  expect(began).toEqual(['a']);
  releases[0]?.();
  await waiting;
  const next = turnstile.pass(work('b'));
  const after = turnstile.pass(work('c'));
  expect(began).toEqual(['a', 'b']);
  releases[1]?.();
  await next;
  await settle();
  releases[2]?.();
  expect(await after).toBe('c');
});
