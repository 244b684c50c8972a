import type { AddressInfo } from 'node:net';
import type { Applications } from './applications';
import { type CommonSettings, readCommonSettings } from './common-settings';
import { type Read, readEnvironment } from './environment';
import type { Context, Service } from './service';
import type { Stop } from './stop';

/** What of the time of a stop is kept for sending the last spans, in milliseconds. */
const FLUSH = 2_000;

/** What makes a service of this process. */
export interface Program<S> {
  /** The service's name in logs, traces and answers. */
  readonly name: string;
  /** Reads what the service needs beyond the common environment. */
  readonly settings: (read: Read) => S;
  /**
   * Builds it. It loads its modules only then, by `await import(...)`: tracing has to be there before those that ask
   * others by HTTP.
   */
  readonly build: (settings: S, context: Context) => Promise<Service>;
}

/** Runs the service until the process is told to stop. */
export function runService<S>(program: Program<S>): void {
  try {
    const { name } = program;
    const { common, own } = readEnvironment(name, process.env, (read) => ({
      common: readCommonSettings(name, process.env, read),
      own: program.settings(read),
    }));
    run(common, (context) => program.build(own, context)).catch((error) => fail(name, error));
  } catch (error) {
    fail(program.name, error);
  }
}

async function run(common: CommonSettings, build: (context: Context) => Promise<Service>): Promise<void> {
  const tracing = common.tracing
    ? (await import('./tracing.js')).startTracing(common.service, common.version)
    : undefined;
  const { buildApplications } = await import('./applications.js');
  const applications = await buildApplications(common, build, {
    log: process.stdout,
    tracing: tracing?.plugin,
  });
  const { service, app, internal, readiness } = applications;
  const apps = internal ? [app, internal] : [app];
  const background = service.background ?? [];
  const flush = tracing ? Math.min(FLUSH, common.stopTimeout / 2) : 0;
  const { Stop } = await import('./stop.js');
  const stop = new Stop(
    {
      apps,
      background,
      readiness,
      log: app.log,
      async flush() {
        service.close?.();
        await tracing?.stop();
      },
    },
    { drain: common.drain, requests: common.stopTimeout - flush, flush },
  );
  stopWhenTold(stop, app.log);
  await listen(common, applications);
  for (const work of background) work.start();
}

/** The internal port first: whoever finds the public one ready finds the other one, too. */
async function listen(
  { host, port, internalPort }: CommonSettings,
  { app, internal }: Applications,
): Promise<void> {
  if (internal) await internal.listen({ host, port: internalPort });
  await app.listen({ host, port });
  const portOf = (address: AddressInfo | string | null) =>
    typeof address === 'object' ? address?.port : undefined;
  app.log.info(
    {
      event: 'started',
      listensAt: portOf(app.server.address()),
      ...(internal && { internalAt: portOf(internal.server.address()) }),
    },
    'started',
  );
}

function stopWhenTold(stop: Stop, log: Applications['app']['log']): void {
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
      // Nobody reads the log any more: to log that would be the next such error.
      if (isClosedPipe(err)) process.exit(1);
      log.fatal({ err, event: fault }, 'an error that nobody caught');
      exitCode = 1;
      end(fault);
    });
  }
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** One line and the end: who started it tries again, and the log shows the reason. */
function fail(service: string, error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), service, message })}\n`,
  );
  process.exit(1);
}
