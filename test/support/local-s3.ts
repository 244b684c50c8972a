import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import v4 from '@20minutes/s3rver/lib/signature/v4.js';

// s3rver makes two mistakes where it verifies signatures: it leaves some characters of the query as they are, which AWS
// encodes, and it forgets the slash behind a bucket's name.
const { getStringToSign } = v4;
v4.getStringToSign = (request, signature) => {
  const querystring = request.querystring.replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const uri = /^\/[^/]+$/.test(request.uri) ? `${request.uri}/` : request.uri;
  return getStringToSign({ ...request, querystring, uri }, signature);
};

/** The only account that the server knows. */
export const LOCAL_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'S3RVER',
  AWS_SECRET_ACCESS_KEY: 'S3RVER',
};

/** An S3 of a test's own, with one empty bucket. */
export interface LocalS3 {
  /** Like 'http://127.0.0.1:40124'; buckets are named in the path. */
  readonly endpoint: string;
  readonly bucketName: string;
  close(): Promise<void>;
}

const BUCKET = 'files';

/**
 * Starts s3rver on a free port. It verifies signatures, signed headers and times as S3 does, and copies and lists; it
 * keeps no versions, answers unsigned requests too, and does not compare checksums with what arrives.
 */
export async function startS3(): Promise<LocalS3> {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucketName: BUCKET,
    close: async () => {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
      await rm(directory, { recursive: true });
    },
  };
}
