/**
 * Asks until there is an answer.
 *
 * @param ask gives the answer, or `undefined` where there is none yet
 * @param seconds after how long it counts as failed
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const limit = Date.now() + seconds * 1000;
  while (Date.now() < limit) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
