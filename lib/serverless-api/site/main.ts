/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { DocumentApi } from './api';
import { loadConfig, type SiteConfig } from './config';
import { Credentials } from './credentials';
import { DocumentView } from './document-view';
import { byId, onClick } from './elements';
import { Gate } from './gate';
import { ListView } from './list-view';
import { Messages } from './messages';
import { addressOf, documentIdIn } from './router';
import { Screen } from './screen';
import type { SignIn } from './sign-in';

async function start(): Promise<void> {
  const config = await loadConfig();
  const stage = byId('stage', HTMLElement);
  stage.textContent = config.stage;
  stage.hidden = config.stage === 'prod';
  await run(config, await createSignIn(config));
}

/** The library for it is large, and loaded only where people sign in. */
async function createSignIn({ signIn }: SiteConfig): Promise<SignIn | undefined> {
  if (!signIn) return undefined;
  const { SignIn } = await import('./sign-in.js');
  return new SignIn(signIn);
}

async function run(config: SiteConfig, signIn: SignIn | undefined): Promise<void> {
  const credentials = new Credentials(config.apiKeyRequired, signIn);
  const screen = new Screen();
  const gate = new Gate(credentials, screen, () => void route());
  const api = new DocumentApi(credentials);
  let words = '';
  const go = (address: string, wordsThere: string) => {
    words = wordsThere;
    location.hash = address;
  };
  const list = new ListView(api, gate, ({ id }) =>
    go(addressOf(id), 'The document is registered. You can upload its file now.'),
  );
  const view = new DocumentView(api, gate, screen, config, ({ title }) =>
    go('#/', `“${title}” was deleted.`),
  );

  async function route(): Promise<void> {
    view.leave();
    const isAdmitted = await gate.admits();
    if (!isAdmitted) return;
    const wordsHere = words;
    words = '';
    const id = documentIdIn(location.hash);
    if (id) return view.show(id, wordsHere);
    screen.show('list-view', 'Documents');
    await list.show(wordsHere);
  }

  window.addEventListener('hashchange', () => void route());
  if (signIn) await offerSignOut(signIn, gate);
  await route();
}

async function offerSignOut(signIn: SignIn, gate: Gate): Promise<void> {
  const button = byId('sign-out', HTMLButtonElement);
  onClick(button, () => signIn.end());
  // The browser may keep the whole page in memory: going back would show it to the next person.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  await signIn.finish().catch((error: unknown) => gate.refuse(error));
  button.hidden = !(await signIn.isSignedIn());
}

const messages = new Messages(byId('page-messages', HTMLElement));
start().catch((error: unknown) => messages.complain(error));
