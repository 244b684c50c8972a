import './compile-cache';

import { once } from 'node:events';
import { startEmulator } from '../test/deploy/support/emulator';
import { stockUp } from './shop/goods';
import { guideTo } from './shop/guide';
import { LocalShop } from './shop/local-shop';

/** The shop until somebody presses Ctrl-C. */
async function main(): Promise<void> {
  // Before all is there, an end of this process ends the rest.
  const impatient = () => process.exit(130);
  process.on('SIGINT', impatient).on('SIGTERM', impatient);
  say('Starts an AWS emulator, deploys the resources, and starts six services …');
  const emulator = await startEmulator();
  try {
    const shop = await LocalShop.start(emulator, { port: Number(process.env.PORT ?? 0) });
    try {
      await stockUp(shop);
      say(introduction(shop));
      process.off('SIGINT', impatient).off('SIGTERM', impatient);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      say('Stops …');
    } finally {
      await shop.close();
    }
  } finally {
    await emulator.stop();
  }
}

function introduction({ folder, url }: LocalShop): string {
  const steps = guideTo(url).flatMap(({ what, command }) => [`# ${what}`, command]);
  return [
    '',
    `The shop is open: ${url}`,
    `The logs are in ${folder}; Ctrl-C ends it, and nothing is kept.`,
    '',
    'Buy something by hand:',
    '',
    ...steps,
    '',
  ].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
