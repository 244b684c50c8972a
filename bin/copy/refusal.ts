/** What was asked for can't be done: one sentence with what, which value, and the way out. Nothing has been changed. */
export class Refusal extends Error {}

/** What an error says, for a sentence. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
