import { report } from './report.mjs';

export async function handler({ Records }) {
  for (const { eventName, s3 } of Records) {
    // Keys arrive as a form would send them.
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    await report('object', { eventName, bucket: s3.bucket.name, key, size: s3.object.size });
  }
}
