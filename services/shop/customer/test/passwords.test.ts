import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { Passwords } from '../passwords';

const passwords = new Passwords();

test('a password matches its hash, however its letters are encoded, and no other one does', async () => {
  const hash = await passwords.hash('caf\u00e9 \ufb01sh');
  expect(await passwords.matches('cafe\u0301 fish', hash)).toBe(true);
  expect(await passwords.matches('cafe fish', hash)).toBe(false);
});

test('nothing matches where nobody is', async () => {
  expect(await passwords.matches('', undefined)).toBe(false);
});

test('a hash of another cost still matches', async () => {
  const cost = { memory: 8_192, passes: 1, parallelism: 1 };
  const nonce = Buffer.alloc(16, 7);
  const hash = argon2Sync('argon2id', { ...cost, message: 'an old password', nonce, tagLength: 32 });
  const old = { ...cost, salt: nonce.toString('base64'), hash: hash.toString('base64') };
  expect(await passwords.matches('an old password', old)).toBe(true);
  expect(await passwords.matches('a new password', old)).toBe(false);
});
