/** What was written to the standard outputs in the meantime. */
export interface CapturedOutput {
  /** Its lines. */
  readonly lines: string[];

  /** Lets the outputs be outputs again. */
  restore(): void;
}

/** Keeps what functions log: they write to the outputs themselves, past vitest, whose restoring of spies is not for this. */
export function captureOutput(): CapturedOutput {
  const lines: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) {
    stream.write = (chunk: unknown): boolean => {
      lines.push(...String(chunk).split('\n').filter(Boolean));
      return true;
    };
  }
  return {
    lines,
    restore: () => {
      for (const { stream, write } of streams) stream.write = write;
    },
  };
}
