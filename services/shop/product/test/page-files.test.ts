import { expect, test } from 'vitest';
import { openProduct } from './support/product';

test('the page runs under a policy that allows only its own files, and no script in it', async () => {
  const { product } = await openProduct();
  const page = await product.app.inject('/');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  );
  expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(page.body).toMatch(/<html lang="en">/);
  expect(page.body.match(/<script/g)).toHaveLength(1);
  expect(page.body).not.toMatch(/ style=| on\w+=|javascript:/);
});

test('all files of the page are there, and nothing else', async () => {
  const { product } = await openProduct();
  const style = await product.app.inject('/shop.css');
  expect([style.headers['content-type'], style.headers['cache-control']]).toEqual([
    'text/css; charset=utf-8',
    'no-cache',
  ]);
  const queue = ['/shop.js'];
  for (const path of queue) {
    const script = await product.app.inject(path);
    expect(
      [script.statusCode, script.headers['content-type'], script.headers['cache-control']],
      path,
    ).toEqual([200, 'text/javascript; charset=utf-8', 'no-cache']);
    expect(script.body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
    for (const [, name] of script.body.matchAll(/from '\.(\/[\w-]+\.mjs)'/g))
      if (name && !queue.includes(name)) queue.push(name);
  }
  expect(queue).toHaveLength(8);
  expect((await product.app.inject('/page.mjs')).statusCode).toBe(404);
  expect((await product.app.inject('/page.html')).statusCode).toBe(404);
});
