import type { Configuration } from './configuration';
import { Connector, type Transport } from './connector';
import { Database } from './database';
import type { Limits } from './limits';
import type { Log } from './log';
import { NewsTable } from './news';
import { type FetchSecret, Secret } from './secret';
import { Site } from './site';
import { WebServer } from './web-server';

/** What the application takes from outside, so that a test can stand there. */
export interface Surroundings {
  readonly transport: Transport;
  readonly fetchSecret: FetchSecret;
  readonly limits: Limits;
  readonly log: Log;
}

/** The application while it runs. */
export interface Running {
  readonly port: number;

  /** Ends the requests first and the connections to the database after them. */
  stop(): Promise<void>;
}

/** Starts to serve. The database may come later. */
export async function start(configuration: Configuration, surroundings: Surroundings): Promise<Running> {
  const { transport, fetchSecret, limits, log } = surroundings;
  const secret = new Secret(fetchSecret, limits, log);
  const connector = new Connector(configuration.database, transport, secret, limits);
  const database = new Database(configuration.database.connections, connector, limits, log);
  const server = new WebServer(new Site(configuration, new NewsTable(database), limits), log);
  const port = await server.listen(configuration.port);
  log({ event: 'listening', port });
  return {
    port,
    async stop() {
      log({ event: 'stopping' });
      await server.stop(limits.stop);
      database.close();
      log({ event: 'stopped' });
    },
  };
}
