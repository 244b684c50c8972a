import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageTagOf } from '../release/image-tag';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

test.each([
  [COMMIT, COMMIT],
  [COMMIT.toUpperCase(), `v-${COMMIT.toUpperCase()}`],
  ['3HL4kqtJvjVBH40Nrjfkd.x_-', 'v-3HL4kqtJvjVBH40Nrjfkd.x_-'],
  ['a/b', 'v-c14cddc033f64b9dea80ea675cf280a015e672516090a5626781153dc68fea11'],
])('of %s is %s', (source, tag) => {
  expect(imageTagOf(source)).toBe(tag);
});

test.each(['', 'null'])('of %j is refused, as it tells no source from another', (source) => {
  expect(() => imageTagOf(source)).toThrow('SOURCE_VERSION has to be');
});

test('is a tag and harmless in a shell, the same for the same source, and another for another', () => {
  const source = fc
    .string({ minLength: 1, maxLength: 300, unit: 'binary' })
    .filter((text) => text !== 'null');
  fc.assert(
    fc.property(source, source, (one, other) => {
      expect(imageTagOf(one)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
      expect(imageTagOf(one)).toBe(imageTagOf(one));
      if (one !== other) expect(imageTagOf(one)).not.toBe(imageTagOf(other));
    }),
  );
});
