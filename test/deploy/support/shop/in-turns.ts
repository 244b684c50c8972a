/**
 * Does something with each of many.
 *
 * @param atOnce with how many of them at a time
 * @returns the results, in the order of their ends
 */
export async function inTurns<T, R>(
  all: readonly T[],
  atOnce: number,
  act: (one: T) => Promise<R>,
): Promise<R[]> {
  const left = all.entries();
  const results: R[] = [];
  async function go(): Promise<void> {
    for (const [, one] of left) results.push(await act(one));
  }
  await Promise.all(Array.from({ length: atOnce }, go));
  return results;
}
