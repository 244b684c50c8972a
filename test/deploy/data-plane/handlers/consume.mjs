import { report } from './report.mjs';

/** Takes messages from a queue, except poisonous ones. */
export async function handler({ Records }) {
  for (const { body, attributes } of Records) {
    await report('consumer', { body, attempt: attributes.ApproximateReceiveCount });
    if (body.includes('poison')) throw new Error(`can't take ${body}`);
  }
}
