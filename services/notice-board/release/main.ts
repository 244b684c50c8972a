/** Runs a step of the build; an error is one line of its log, and ends the build. */
export function run(step: () => Promise<void>): void {
  step().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

/** Writes a line into the log of the build. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
