import { createHash, randomUUID } from 'node:crypto';
import type { DeskAnswer, DeskRequest } from './fake-document-desk';

/** An OpenID provider that signs everyone in at once, and is strict about PKCE, codes and tokens. */
export class FakeSignIn {
  /** The grants that were asked for, oldest first. */
  readonly grants: string[] = [];

  /** The refresh tokens that were revoked. */
  readonly revoked: string[] = [];

  /** The addresses to which people were sent after they signed out. */
  readonly signedOut: string[] = [];

  /** Seconds for which the next tokens are good. */
  lifetime = 3600;

  /** What a sign-in is refused with. */
  refusal: string | undefined;

  private readonly codes = new Map<string, string>();
  private readonly refreshTokens = new Set<string>();
  private readonly accessTokens = new Map<string, number>();

  /** Whether an access token is good, given with its scheme. */
  accepts(authorization: string | undefined): boolean {
    return (this.accessTokens.get(authorization?.replace('Bearer ', '') ?? '') ?? 0) > Date.now();
  }

  /** Makes the access tokens worthless, and the refresh tokens too if told so. */
  expire(what: 'access tokens' | 'all tokens'): void {
    this.accessTokens.clear();
    if (what === 'all tokens') this.refreshTokens.clear();
  }

  /** Answers a request for the provider at an address. */
  answer({ method, path, query, body }: DeskRequest, issuer: string): DeskAnswer {
    if (method === 'OPTIONS') return { status: 204 };
    const form = new URLSearchParams(String(body));
    switch (path.replace('/oidc/', '')) {
      case '.well-known/openid-configuration':
        return { status: 200, body: metadataOf(issuer) };
      case 'authorize':
        return this.authorize(query);
      case 'token':
        return this.exchange(form, issuer);
      case 'revoke':
        this.revoked.push(form.get('token') ?? '');
        return { status: 200 };
      case 'logout':
        this.signedOut.push(query.get('logout_uri') ?? '');
        return { status: 302, headers: { location: query.get('logout_uri') ?? '' } };
      default:
        return { status: 404 };
    }
  }

  private authorize(query: URLSearchParams): DeskAnswer {
    if (query.get('code_challenge_method') !== 'S256' || query.get('response_type') !== 'code')
      return { status: 400 };
    const code = randomUUID();
    this.codes.set(code, query.get('code_challenge') ?? '');
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    if (this.refusal) back.searchParams.set('error', this.refusal);
    else back.searchParams.set('code', code);
    return { status: 302, headers: { location: back.href } };
  }

  private exchange(form: URLSearchParams, issuer: string): DeskAnswer {
    const grant = form.get('grant_type') ?? '';
    this.grants.push(grant);
    const isGood = grant === 'refresh_token' ? this.knows(form) : this.redeems(form);
    if (!isGood || form.get('client_id') !== 'page') return { status: 400, body: { error: 'invalid_grant' } };
    const accessToken = randomUUID();
    this.accessTokens.set(accessToken, Date.now() + this.lifetime * 1000);
    const tokens = { access_token: accessToken, token_type: 'Bearer', expires_in: this.lifetime };
    const idToken = unsigned({ iss: issuer, aud: 'page', sub: 'somebody', exp: 9e9, iat: 1 });
    if (grant === 'refresh_token') return { status: 200, body: { ...tokens, id_token: idToken } };
    const refreshToken = randomUUID();
    this.refreshTokens.add(refreshToken);
    return { status: 200, body: { ...tokens, id_token: idToken, refresh_token: refreshToken } };
  }

  private knows(form: URLSearchParams): boolean {
    return this.refreshTokens.has(form.get('refresh_token') ?? '');
  }

  private redeems(form: URLSearchParams): boolean {
    const challenge = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    return challenge === createHash('sha256').update(verifier).digest('base64url');
  }
}

function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks.json`,
  };
}

/** The page reads the claims; the signature concerns the API. */
function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}
