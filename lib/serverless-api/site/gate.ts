import type { Credentials } from './credentials';
import { byId, create, onClick, onSubmit } from './elements';
import { Messages } from './messages';
import { Problem } from './problem';
import type { Screen } from './screen';

/** Asks people for what they need to enter: the sign-in, the API key. */
export class Gate {
  private readonly signInMessages = new Messages(byId('sign-in-view', HTMLElement));
  private readonly keyForm = byId('key-form', HTMLFormElement);
  private readonly keyMessages = new Messages(this.keyForm);
  private readonly keyField = byId('api-key', HTMLInputElement);

  constructor(
    private readonly credentials: Credentials,
    private readonly screen: Screen,
    /** Shows what the person wanted to see. */
    private readonly onEnter: () => void,
  ) {
    onClick(byId('sign-in', HTMLButtonElement), () => this.signIn(this.signInMessages));
    onSubmit(this.keyForm, async () => this.useKey());
  }

  /** Whether the person may enter; asks for what is missing otherwise. */
  async admits(): Promise<boolean> {
    const missing = await this.credentials.missing();
    if (missing === 'sign-in') this.screen.show('sign-in-view', 'Sign in');
    if (missing === 'api-key') this.askForKey();
    return missing === undefined;
  }

  /** Says why the sign-in failed. */
  refuse(error: unknown): void {
    this.screen.show('sign-in-view', 'Sign in');
    this.signInMessages.complain(signInProblem(error));
  }

  /**
   * Explains a failure where it happened. Who is not signed in any more is sent to sign in at once when reading; when
   * writing, only at the click of a button, since what they wrote would be lost.
   */
  async explain(error: unknown, messages: Messages, doing: 'reading' | 'writing'): Promise<void> {
    const status = error instanceof Problem ? error.status : 0;
    if (this.credentials.dropApiKey(status)) {
      this.askForKey();
      this.keyMessages.complain(error);
      return;
    }
    const { signIn } = this.credentials;
    if (status !== 401 || !signIn) {
      messages.complain(error);
      return;
    }
    // A second sign-in does not help who was refused right after the first one, and would go on for ever.
    if (doing === 'reading' && !signIn.isUntried) await this.signIn(messages);
    else messages.complain(error, this.signInAgainButton(messages));
  }

  private signInAgainButton(messages: Messages): HTMLButtonElement {
    const button = create('button', 'Sign in again');
    button.type = 'button';
    onClick(button, () => this.signIn(messages));
    return button;
  }

  private async signIn(messages: Messages): Promise<void> {
    messages.say('Going to the sign-in page…');
    await this.credentials.signIn?.start().catch((error: unknown) => messages.complain(signInProblem(error)));
  }

  private askForKey(): void {
    this.keyMessages.clear();
    this.screen.show('key-view', 'API key');
  }

  private useKey(): void {
    this.credentials.useApiKey(this.keyField.value.trim());
    this.keyField.value = '';
    this.onEnter();
  }
}

function signInProblem(error: unknown): Problem {
  return new Problem(0, 'Signing in failed.', error instanceof Error ? error.message : '');
}
