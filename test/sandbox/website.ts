import { setTimeout as sleep } from 'node:timers/promises';

/** How a website is waited for. */
export interface Patience {
  /** After how many seconds it is given up. */
  readonly seconds: number;

  /** The pause between two requests, in milliseconds. */
  readonly pause: number;

  readonly signal: AbortSignal;
}

/** Requests a page until it answers 200: names spread, servers start and CloudFront rolls out. */
export async function awaitPage(
  url: string,
  { seconds, pause, signal }: Patience,
  request: typeof fetch = fetch,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const answer = await request(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    }).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
    );
    if (answer === 200) return;
    if (performance.now() >= end)
      throw new Error(`${url} did not answer 200 in ${seconds} s, but: ${answer}`);
    await sleep(pause, undefined, { signal });
  }
}
