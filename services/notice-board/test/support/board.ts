import { type Application, buildApplication } from '../../application';
import { MemoryStore } from './memory-store';

/** The token of the tests. */
const TOKEN = 'a-token-of-the-tests';

/** The Authorization header of somebody who may write. */
export const WRITER = { authorization: `Bearer ${TOKEN}` };

/** A notice board of a test, with its log. */
export interface Board extends Application {
  readonly store: MemoryStore;
  readonly lines: Readonly<Record<string, unknown>>[];
}

/** Builds the service around a store in memory. */
export async function buildBoard(postToken: string | undefined = TOKEN): Promise<Board> {
  const store = new MemoryStore();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const application = await buildApplication(
    { version: 'v-1', postToken },
    { store, log, readinessFreshFor: 60_000 },
  );
  return { ...application, store, lines };
}

/** A gate that a test opens. */
export function closedGate(): { readonly gate: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open };
}
