import { get } from 'node:http';
import { createCaller } from '../../call';
import { runService } from '../../run-service';

/** A service for the tests of what all services have in common. */
runService({
  name: 'sample',
  settings: (read) => ({ otherUrl: read.url('OTHER_URL', 'http://127.0.0.1:1') }),
  build: async ({ otherUrl }, { log }) => {
    const other = createCaller({ target: 'other', baseUrl: otherUrl, log });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    process.on('SIGUSR1', release);
    process.on('SIGUSR2', () => {
      throw new Error('a fault of the test');
    });

    async function wait(name: string): Promise<{ name: string }> {
      log.info({ event: `${name} waits` });
      await released;
      return { name };
    }

    return {
      routes(app) {
        app.get('/slow', () => wait('public'));
        app.get(
          '/ask',
          async (request) => await other.call({ method: 'GET', path: '/told', origin: request }),
        );
        app.get('/told', async () => ({ told: true }));
      },
      internalRoutes(app) {
        app.get('/slow', () => wait('internal'));
      },
      check: async () => undefined,
      background: [
        {
          name: 'work',
          start() {
            log.info({ event: 'work began' });
            get(`${otherUrl}/healthz`, (response) => response.resume()).on('error', () => undefined);
          },
          async stop() {
            await released;
            log.info({ event: 'work ended' });
          },
        },
      ],
      close: () => log.info({ event: 'closed' }),
    };
  },
});
