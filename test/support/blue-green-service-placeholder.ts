import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { FIRST_COMMAND } from '../../lib/blue-green-service/first-image';

/** The placeholder passes the checks of a service, has a version that no image has, and ends when it is told to. */
export async function expectPlaceholderAnswers(): Promise<void> {
  const [, ...parameters] = FIRST_COMMAND;
  const port = await freePort();
  const child = spawn(process.execPath, parameters, {
    env: { PORT: String(port), HOST: '127.0.0.1' },
    stdio: 'inherit',
  });
  try {
    const get = async (path: string) => {
      for (;;) {
        const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
        if (response) return response;
        if (child.exitCode !== null) throw new Error('the placeholder has ended');
        await delay(20);
      }
    };
    for (const path of ['/healthz', '/readyz', '/']) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, 'Nothing has been released yet.']);
    }
    const version = await get('/version');
    expect([version.headers.get('content-type'), await version.json()]).toEqual([
      'application/json',
      { version: 'none' },
    ]);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port');
  return address.port;
}
