import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { SignInConfig } from './config';

/** Seconds before its end from which on a token is renewed: longer than any request takes. */
const MARGIN = 60;

/** The page's own address: where Cognito sends people back to, after signing in and after signing out. */
const home = (): string => new URL('.', location.href).href;

/** Signing in on Cognito's pages: authorization code with PKCE. The tokens stay in this tab. */
export class SignIn {
  /** Whether nobody has accepted its token yet: who is refused now would be refused again after the next sign-in. */
  isUntried = false;

  private readonly users: UserManager;
  private renewal: Promise<boolean> | undefined;

  constructor(private readonly config: SignInConfig) {
    // The library would keep the state of a sign-in in localStorage, where it outlives the tab.
    const store = new WebStorageStateStore({ store: sessionStorage });
    this.users = new UserManager({
      authority: config.authority,
      client_id: config.clientId,
      redirect_uri: home(),
      scope: config.scope,
      userStore: store,
      stateStore: store,
      // It would go on renewing in a tab that nobody uses any more.
      automaticSilentRenew: false,
      requestTimeoutInSeconds: 10,
    });
  }

  /** Ends a sign-in if Cognito has just sent the person back. Throws if it failed. */
  async finish(): Promise<void> {
    const { searchParams } = new URL(location.href);
    if (!searchParams.has('state')) return;
    const address = location.href;
    // A code is good for one time: reloading the page must not send it again.
    history.replaceState(null, '', location.pathname);
    const { state } = await this.users.signinRedirectCallback(address);
    this.isUntried = true;
    if (typeof state === 'string') history.replaceState(null, '', `${location.pathname}${state}`);
  }

  /** Whether someone signed in in this tab. */
  async isSignedIn(): Promise<boolean> {
    return (await this.users.getUser()) !== null;
  }

  /** The access token, a new one if the old one ends soon; undefined if nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    const user = await this.users.getUser();
    if (!user || (user.expires_in ?? 0) > MARGIN || !(await this.renew())) return user?.access_token;
    return (await this.users.getUser())?.access_token;
  }

  /** Gets new tokens by the refresh token; false if it is refused or Cognito cannot be reached. */
  async renew(): Promise<boolean> {
    this.renewal ??= this.useRefreshToken().finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  private async useRefreshToken(): Promise<boolean> {
    const user = await this.users.getUser();
    // Without one the library would load Cognito's page in a frame, which Cognito does not allow.
    if (!user?.refresh_token) return false;
    return this.users.signinSilent().then(
      () => true,
      () => false,
    );
  }

  /** Leaves for Cognito's sign-in page, to come back to what is shown now. Throws if it cannot be reached. */
  async start(): Promise<void> {
    await this.users.signinRedirect({ state: location.hash });
  }

  /** Forgets the tokens, and leaves for Cognito's page that ends its own session. */
  async end(): Promise<void> {
    // The tokens are forgotten here in any case; without an answer they end by themselves.
    await this.users.revokeTokens(['refresh_token']).catch(() => undefined);
    await this.users.removeUser();
    const query = new URLSearchParams({ client_id: this.config.clientId, logout_uri: home() });
    location.assign(`${this.config.logoutUrl}?${query}`);
  }
}
