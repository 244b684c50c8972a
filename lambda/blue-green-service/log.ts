/** Writes a JSON line to the function's log. What servers answer does not belong into it. */
export function log(level: 'INFO' | 'ERROR', message: string, details: object): void {
  process.stdout.write(
    `${JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...details })}\n`,
  );
}
