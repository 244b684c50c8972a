import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Refusal } from './refusal';

/** Where a person may be. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * Asks for the pattern's id before money is spent.
 *
 * @throws Refusal where the answer is another one, or where nobody can answer
 */
export async function confirm(pattern: string, { input, output }: Terminal): Promise<void> {
  if (!input.isTTY) {
    throw new Refusal('Nobody can be asked, as the input is no terminal. With --yes there is no question.');
  }
  const lines = createInterface({ input, output, terminal: input.isTTY });
  const answer = await new Promise<string | undefined>((done) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    lines.once('close', () => done(undefined));
    lines.question(`This costs money. Type ${pattern} to deploy and destroy it: `, done);
  });
  lines.close();
  if (answer === undefined) output.write('\n');
  if (answer?.trim() !== pattern) throw new Refusal(`That was not ${pattern}: nothing was deployed.`);
}
