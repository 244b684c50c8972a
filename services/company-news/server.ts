import { start } from './application';
import { type Configuration, readConfiguration } from './configuration';
import { rdsTransport } from './connector';
import { LIMITS } from './limits';
import { logToStandardOutput } from './log';
import { fetchFromSecretsManager } from './secret';

async function main(configuration: Configuration): Promise<void> {
  const { region, database } = configuration;
  const application = await start(configuration, {
    transport: rdsTransport(database),
    fetchSecret: fetchFromSecretsManager(region, database.secretArn),
    limits: LIMITS,
    log: logToStandardOutput,
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // A name that is being resolved, or a connection that is being opened, would keep the process alive.
    process.once(signal, () => void application.stop().then(() => process.exit(0)));
  }
}

/** One line and the end: systemd tries again, and the journal shows the reason. */
function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

try {
  main(readConfiguration(process.env)).catch(fail);
} catch (error) {
  fail(error);
}
