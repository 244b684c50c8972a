/**
 * How long a client of the AWS SDK waits, in milliseconds, and how often it asks. The defaults wait for an answer without
 * end, which would use up a function's time where the service of a lost region takes connections and says nothing.
 */
export const CLIENT_OPTIONS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, throwOnRequestTimeout: true },
};
