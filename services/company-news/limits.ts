/**
 * How long the site waits for what, in milliseconds. A browser's reader waits about five seconds, and a failover of
 * RDS takes one to two minutes (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html):
 * a request survives a lost connection, but can't wait for a whole failover. It gets an honest answer instead.
 */
export interface Limits {
  /** All attempts of a request together. */
  readonly request: number;

  /** The name, the TCP connection, TLS and the login of one new connection. */
  readonly connect: number;

  /** One statement. A peer that lost its power answers nothing at all, and TCP alone notices after 15 minutes. */
  readonly statement: number;

  /** The longest pause between two attempts. */
  readonly pause: number;

  /** One reading of the secret. */
  readonly secret: number;

  /** The least time between two readings of the secret: a wrong password must not become a flood of requests. */
  readonly secretAge: number;

  /** What the running requests get at a stop. systemd kills after 90 s, AWS stops an instance after some minutes. */
  readonly stop: number;
}

export const LIMITS: Limits = {
  request: 5_000,
  connect: 2_000,
  statement: 2_000,
  pause: 1_000,
  secret: 3_000,
  secretAge: 5_000,
  stop: 10_000,
};
