/** The parts of two servers without type definitions that the tests use. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB in memory; tables take `createTableMs` milliseconds until they are active (default 500). */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}

declare module '@20minutes/s3rver' {
  import type { AddressInfo } from 'node:net';

  /** An S3 in a folder. Its only account has the access key `S3RVER` with the secret `S3RVER`. */
  export default class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly directory: string;
      readonly silent: boolean;
      readonly vhostBuckets: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
    });
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
    readonly httpServer: { closeAllConnections(): void };
  }
}

declare module '@20minutes/s3rver/lib/signature/v4.js' {
  /** What AWS calls the canonical request. */
  interface CanonicalRequest {
    readonly uri: string;
    readonly querystring: string;
  }

  const v4: { getStringToSign: (request: CanonicalRequest, signature: unknown) => string };
  export default v4;
}
