/**
 * Asks until there is an answer.
 *
 * @param ask gives the answer, or `undefined` where there is none yet
 * @param seconds after how long it counts as failed
 * @param pause milliseconds between two questions
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 60,
  pause = 200,
): Promise<T> {
  const limit = Date.now() + seconds * 1000;
  while (Date.now() < limit) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, pause));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
