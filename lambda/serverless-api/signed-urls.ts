import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import type { PendingUpload, StoredFile } from './document-item';

/** How long a signed URL works, in seconds. */
const LIFETIME_S = 300;

type PresignerOptions = ConstructorParameters<typeof S3RequestPresigner>[0];

/** How to send a file. */
export interface UploadTicket {
  readonly url: string;
  readonly method: 'PUT';

  /** They are signed: a request with others is refused. So is Content-Length, which every HTTP client sends by itself. */
  readonly headers: Readonly<Record<string, string>>;

  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Makes URLs with which a browser reads and writes single objects. They are calculated: nothing is asked of S3. */
export class SignedUrls {
  private readonly presigner: S3RequestPresigner;

  /** Takes credentials, region and hash from the configuration of any client of the AWS SDK. */
  constructor(
    private readonly config: PresignerOptions & { readonly region: () => Promise<string> },
    private readonly bucketName: string,
  ) {
    const { credentials, region, sha256 } = config;
    this.presigner = new S3RequestPresigner({ credentials, region, sha256 });
  }

  /** For one upload of exactly this content, to this key. */
  async upload(key: string, { contentType, size, sha256 }: PendingUpload): Promise<UploadTicket> {
    const headers = { 'content-type': contentType, 'x-amz-checksum-sha256': sha256 };
    const signingDate = new Date();
    // As query parameters, checksum and type would be suggestions; as signed headers the client must send them.
    const url = await this.sign('PUT', key, { ...headers, 'content-length': String(size) }, {}, signingDate);
    const expiresAt = new Date(Math.floor(signingDate.getTime() / 1000 + LIFETIME_S) * 1000).toISOString();
    return { url, method: 'PUT', headers, expiresAt };
  }

  /** For reading a file; browsers save it under its name instead of showing it. */
  download({ key, name, type }: StoredFile): Promise<string> {
    return this.sign(
      'GET',
      key,
      {},
      {
        'response-content-disposition': `attachment; filename*=UTF-8''${encode(name)}`,
        'response-content-type': type,
      },
    );
  }

  private async sign(
    method: string,
    key: string,
    headers: Record<string, string>,
    query: Record<string, string>,
    signingDate = new Date(),
  ): Promise<string> {
    const address = bucketAddress(this.bucketName, await this.config.region());
    const signed = await this.presigner.presign(
      {
        method,
        protocol: address.protocol,
        hostname: address.hostname,
        ...(address.port !== '' && { port: Number(address.port) }),
        path: `${address.pathname.replace(/\/$/, '')}/${key.split('/').map(encode).join('/')}`,
        headers,
        query,
      },
      {
        expiresIn: LIFETIME_S,
        signingDate,
        signableHeaders: new Set(['host', ...Object.keys(headers)]),
        unhoistableHeaders: new Set(Object.keys(headers)),
      },
    );
    const parameters = Object.entries(signed.query ?? {}).map(
      ([name, value]) => `${encode(name)}=${encode(String(value))}`,
    );
    return `${address.origin}${signed.path}?${parameters.join('&')}`;
  }
}

/** Signatures are made over this encoding, which leaves fewer characters alone than encodeURIComponent. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** On AWS the bucket's regional address; elsewhere, as in tests, the one that the SDK's own variables name. */
function bucketAddress(bucketName: string, region: string): URL {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/$/, '')}/${bucketName}`);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(`https://${bucketName}.s3.${region}.${suffix}`);
}
