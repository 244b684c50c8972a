/** The payload formats of API Gateway: the REST API sends 1.0, the HTTP API 2.0. */
export const FORMATS = ['1.0', '2.0'] as const;
export type Format = (typeof FORMATS)[number];

/** A request as a client sends it. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;

  /** JSON, unless it is text; with it comes the content type application/json. */
  readonly body?: unknown;

  /** Sends the body as API Gateway sends binary content. */
  readonly base64?: boolean;

  /** What the token says, which API Gateway has verified. */
  readonly claims?: Readonly<Record<string, unknown>>;

  /** API Gateway's request id. */
  readonly id?: string;
}

/** The site's app client. */
export const CLIENT_ID = 'site-client';

/** The claims of an access token of Amazon Cognito. */
export const accessToken = (sub: string) => ({
  sub,
  token_use: 'access',
  scope: 'openid',
  client_id: CLIENT_ID,
});

/** What API Gateway makes of a request. */
export function apiEvent(format: Format, request: ApiRequest): Record<string, unknown> {
  const { method, path, query = {}, body, base64 = false, claims, id = 'b7a4c3b2-request' } = request;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const content = base64 && text !== undefined ? Buffer.from(text).toString('base64') : text;
  const headers: Record<string, string> = {
    host: 'api.example.com',
    ...(text !== undefined && { 'content-type': 'application/json' }),
    ...request.headers,
  };
  if (format === '2.0') {
    return {
      version: '2.0',
      routeKey: '$default',
      // The stage is a part of the path that clients send.
      rawPath: `/dev${path}`,
      rawQueryString: new URLSearchParams(query).toString(),
      headers,
      ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
      requestContext: {
        requestId: id,
        domainName: 'api.example.com',
        stage: 'dev',
        http: { method, path: `/dev${path}`, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
        ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
      },
      ...(content !== undefined && { body: content }),
      isBase64Encoded: base64,
    };
  }
  const many = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  const none = Object.keys(query).length === 0;
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: many(headers),
    queryStringParameters: none ? null : query,
    multiValueQueryStringParameters: none ? null : many(query),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      requestId: id,
      domainName: 'api.example.com',
      stage: 'dev',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1', userAgent: 'test' },
      ...(claims && { authorizer: { claims } }),
    },
    body: content ?? null,
    isBase64Encoded: base64,
  };
}
