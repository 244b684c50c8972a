/** What a line of the log holds. Codes and numbers: messages of a database quote values, and passwords are values. */
export type Entry = Readonly<Record<string, string | number | boolean | undefined>>;

/** Takes one entry of the log. */
export type Log = (entry: Entry) => void;

/** One JSON object a line on standard output, where the agent of CloudWatch Logs and journald find it. */
export const logToStandardOutput: Log = (entry) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
};
