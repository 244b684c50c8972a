import { fetchOrExplain, jsonOf } from './problem';

/** How people sign in. */
export interface SignInConfig {
  /** The issuer of the tokens, like 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI'. */
  readonly authority: string;

  /** The id of the user pool's client for this page: a public one, without a secret. */
  readonly clientId: string;

  /** The scopes to ask for, with spaces between them. */
  readonly scope: string;

  /** Cognito's page that ends the session, like 'https://example.auth.eu-west-1.amazoncognito.com/logout'. */
  readonly logoutUrl: string;
}

/** What the deployment tells the page, in `config.json` next to it. */
export interface SiteConfig {
  /** The API's stage, like 'dev'; all but 'prod' are shown. */
  readonly stage: string;

  /** The largest file that may be uploaded, in bytes. */
  readonly maxFileSize: number;

  /** The media types that may be uploaded. */
  readonly allowedFileTypes: readonly string[];

  /** Whether API Gateway asks for an API key. */
  readonly apiKeyRequired: boolean;

  /** How people sign in, or null where they need not. */
  readonly signIn: SignInConfig | null;
}

/** Reads the configuration, asking the server whether a cached one is still the newest. */
export async function loadConfig(): Promise<SiteConfig> {
  return jsonOf(await fetchOrExplain('config.json', { cache: 'no-cache' }));
}
