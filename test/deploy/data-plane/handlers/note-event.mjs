import { report } from './report.mjs';

export async function handler({ source, detail }) {
  await report('rule', { source, detail });
}
