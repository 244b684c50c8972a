import { type Configuration, readConfiguration } from './configuration';

/** What of the time of a stop is kept for sending the last spans, in milliseconds. */
const FLUSH = 2_000;

/** The modules come late: tracing has to be there before those that ask others by HTTP. */
async function main(configuration: Configuration): Promise<void> {
  const { host, port, version, region, tableName, drain, stopTimeout } = configuration;
  const tracing = configuration.tracing ? (await import('./tracing.js')).startTracing(version) : undefined;
  const { DynamoDbStore } = await import('./dynamodb-store.js');
  const { buildApplication } = await import('./application.js');
  const { Stop } = await import('./stop.js');
  const store = new DynamoDbStore(region, tableName);
  const { app, readiness } = await buildApplication(configuration, {
    store,
    log: process.stdout,
    tracing: tracing?.plugin,
  });
  const flush = tracing ? Math.min(FLUSH, stopTimeout / 2) : 0;
  const stop = new Stop(
    {
      app,
      readiness,
      async flush() {
        store.close();
        await tracing?.stop();
      },
    },
    { drain, requests: stopTimeout - flush, flush },
  );

  let exitCode = 0;
  function end(reason: string): void {
    void stop.begin(reason).then(() => process.exit(exitCode));
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second one is from somebody who does not want to wait.
      if (stop.hasBegun) stop.hurry();
      end(signal);
    });
  }
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (err: unknown) => {
      app.log.fatal({ err, event: fault }, 'an error that nobody caught');
      exitCode = 1;
      end(fault);
    });
  }
  await app.listen({ host, port });
}

/** One line and the end: who started it tries again, and the log shows the reason. */
function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), service: 'notice-board', message })}\n`,
  );
  process.exit(1);
}

try {
  main(readConfiguration(process.env)).catch(fail);
} catch (error) {
  fail(error);
}
