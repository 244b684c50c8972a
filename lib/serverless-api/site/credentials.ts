import type { SignIn } from './sign-in';

const API_KEY = 'api-key';

/** What proves to the API who asks: an API key, an access token, both or none, as the deployment wants it. */
export class Credentials {
  constructor(
    private readonly apiKeyRequired: boolean,
    /** The sign-in, where there is one. */
    readonly signIn: SignIn | undefined,
  ) {}

  /** What the person must give first. */
  async missing(): Promise<'sign-in' | 'api-key' | undefined> {
    if (this.signIn && !(await this.signIn.isSignedIn())) return 'sign-in';
    return this.apiKeyRequired && !sessionStorage.getItem(API_KEY) ? 'api-key' : undefined;
  }

  /** The headers to send with each request. */
  async headers(): Promise<Record<string, string>> {
    const token = await this.signIn?.accessToken();
    const apiKey = this.apiKeyRequired && sessionStorage.getItem(API_KEY);
    return { ...(token && { authorization: `Bearer ${token}` }), ...(apiKey && { 'x-api-key': apiKey }) };
  }

  /** Gets a new access token without asking the person; false if that is not possible. */
  async renew(): Promise<boolean> {
    return (await this.signIn?.renew()) ?? false;
  }

  /** Notes that the API took them. */
  wereAccepted(): void {
    if (this.signIn) this.signIn.isUntried = false;
  }

  /** Keeps the API key until the tab is closed. */
  useApiKey(key: string): void {
    sessionStorage.setItem(API_KEY, key);
  }

  /** Forgets an API key that was refused; false if the refusal has another reason. */
  dropApiKey(status: number): boolean {
    // API Gateway answers 403 to a missing or unknown key.
    if (!this.apiKeyRequired || status !== 403) return false;
    sessionStorage.removeItem(API_KEY);
    return true;
  }
}
