/** What an error says, with the name by which AWS's documentation knows it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Where a connection fails for several reasons, the error has no message of its own.
  const text = error.message || `${(error as NodeJS.ErrnoException).code}`;
  return error.name === 'Error' ? text : `${error.name}: ${text}`;
}
