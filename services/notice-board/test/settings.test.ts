import { expect, test } from 'vitest';
import { readSettings } from '../release/settings';

const REPOSITORY_URI = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/notice-board';
const CONTAINER = {
  TARGET: 'container',
  SOURCE_VERSION: 'a'.repeat(40),
  REPOSITORY_URI,
  MAX_SEVERITY: 'HIGH',
};

test('an image needs a repository and a severity', () => {
  expect(readSettings(CONTAINER)).toEqual({
    target: 'container',
    version: 'a'.repeat(40),
    repositoryUri: REPOSITORY_URI,
    maxSeverity: 'HIGH',
  });
});

test('none refuses nothing', () => {
  expect(readSettings({ ...CONTAINER, MAX_SEVERITY: 'none' })).toMatchObject({ maxSeverity: undefined });
});

test('servers need neither', () => {
  expect(readSettings({ TARGET: 'servers', SOURCE_VERSION: 'b', REPOSITORY_URI: '' })).toEqual({
    target: 'servers',
    version: 'v-b',
  });
});

test.each([
  { TARGET: '' },
  { TARGET: 'lambda' },
  { SOURCE_VERSION: '' },
  { REPOSITORY_URI: '' },
  { REPOSITORY_URI: `${REPOSITORY_URI}:latest` },
  { REPOSITORY_URI: 'notice-board' },
  { REPOSITORY_URI: `${REPOSITORY_URI};rm` },
  { MAX_SEVERITY: '' },
  { MAX_SEVERITY: 'high' },
  { MAX_SEVERITY: 'UNDEFINED' },
])('%j is refused by name', (wrong) => {
  const [name = ''] = Object.keys(wrong);
  expect(() => readSettings({ ...CONTAINER, ...wrong })).toThrow(name);
});
