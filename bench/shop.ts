import { stockUp } from '../bin/shop/goods';
import { LocalShop } from '../bin/shop/local-shop';
import { startEmulator } from '../test/deploy/support/emulator';
import { newBuyer } from '../test/deploy/support/shop/purchase';
import { median } from './median';
import { lengthsOf, stepsSince } from './purchase-steps';
import { buyTogether, type Purchases } from './purchases';
import { quantile } from './quantile';

const BUYERS = 8;

/** Purchases of each buyer: to warm up, of one alone, and of all together. */
const WARM_UP = 10;
const ALONE = 60;
const TOGETHER = 40;

const PRODUCT = {
  productId: 'bench',
  name: 'Bench',
  description: 'To sit on.',
  category: 'home',
  price: 9_800,
  stock: 1_000_000,
};

const describe = (times: readonly number[]): string =>
  `p50 ${Math.round(median(times))} ms, p99 ${Math.round(quantile(times, 0.99))} ms`;

function report(alone: Purchases, together: Purchases, steps: ReadonlyMap<string, number[]>): string[] {
  const byTime = [...steps].sort(([, a], [, b]) => median(b) - median(a));
  const [slowest] = byTime;
  if (!slowest) throw new Error('the services logged no steps');
  const ratio = quantile(together.times, 0.99) / quantile(alone.times, 0.99);
  const failed = alone.failed + together.failed;
  return [
    'A purchase (cart and checkout) in the shop, six processes and the emulator on this machine:',
    `  one customer: ${alone.perSecond.toFixed(1)} a second, ${describe(alone.times)}`,
    `  ${BUYERS} customers at a time: ${together.perSecond.toFixed(1)} a second, ${describe(together.times)}; p99 ${ratio.toFixed(2)} times that of one`,
    `  ${alone.times.length + together.times.length} purchases, of which ${failed} failed${failed > 0 ? '  MISSED: none may fail' : ''}`,
    `  slowest step: ${slowest[0]}; ${byTime.map(([step, times]) => `${step} ${describe(times)}`).join('; ')}`,
    '  The emulator is one process that all services ask: it bounds these figures, not the services.',
  ];
}

async function main(): Promise<void> {
  const emulator = await startEmulator();
  try {
    const shop = await LocalShop.start(emulator);
    try {
      await stockUp(shop, [PRODUCT]);
      const buyers = await Promise.all(Array.from({ length: BUYERS }, () => newBuyer(shop.url)));
      const buy = (count: number, each: number) =>
        buyTogether(shop, buyers.slice(0, count), PRODUCT.productId, each);
      await buy(BUYERS, WARM_UP);
      const alone = await buy(1, ALONE);
      const before = lengthsOf(shop);
      const together = await buy(BUYERS, TOGETHER);
      const steps = stepsSince(shop, before);
      process.stdout.write(`${report(alone, together, steps).join('\n')}\n`);
      if (alone.failed + together.failed > 0) process.exitCode = 1;
    } finally {
      await shop.close();
    }
  } finally {
    await emulator.stop();
  }
}

void main();
