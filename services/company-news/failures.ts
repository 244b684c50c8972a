/**
 * The database could not be asked, or did not answer.
 *
 * `executed` says what became of the statement: 'no' where it certainly never ran, 'unknown' where it was sent and the
 * answer got lost. Only the first may be tried again, unless it does no harm twice.
 */
export class DatabaseAway extends Error {
  constructor(
    readonly reason: string,
    readonly executed: 'no' | 'unknown',
  ) {
    super(`the database is away: ${reason}`);
  }
}

/** A server that has become a standby still answers, but writes nothing. */
const READ_ONLY = ['ER_OPTION_PREVENTS_STATEMENT', 'ER_READ_ONLY_MODE'];

/** The server's last words on a connection that it closes. */
const FAREWELLS = [
  'ER_SERVER_SHUTDOWN',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_SESSION_WAS_KILLED',
  'ER_CONNECTION_KILLED',
];

/** The code of an error, which can be logged: its message may quote a value. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.name : 'UNKNOWN';
}

/** Whether MySQL did not take the password. */
export function isRefusedLogin(error: unknown): boolean {
  return codeOf(error) === 'ER_ACCESS_DENIED_ERROR';
}

/** Whether the server answered that it does not write any more, so that nothing was executed. */
export function isReadOnly(error: unknown): boolean {
  return READ_ONLY.includes(codeOf(error));
}

/** Whether MySQL understood the statement and refused it: the connection is sound, and another would not help. */
export function isRefusedStatement(error: unknown): boolean {
  const fromServer = error instanceof Error && 'sqlState' in error;
  return fromServer && !isReadOnly(error) && !FAREWELLS.includes(codeOf(error));
}
