const AWAY = new Set([
  'TimeoutError',
  'AbortError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'InternalServerError',
  'ServiceUnavailable',
  'CredentialsProviderError',
  'KMSInternalException',
  'DependencyTimeoutException',
]);

/** Whether an error of AWS or of the network may be gone soon. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (AWAY.has(error.name)) return true;
  if (
    /^(ECONN|EAI_|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH|UND_ERR)/.test(String(Reflect.get(error, 'code')))
  ) {
    return true;
  }
  return isBusy(error);
}

/** A transaction that met another one, or a table that can't keep up, in one of its items. */
function isBusy(error: Error): boolean {
  const reasons: unknown = Reflect.get(error, 'CancellationReasons');
  return (
    Array.isArray(reasons) &&
    reasons.some((reason) =>
      ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'].includes(reason?.Code),
    )
  );
}
