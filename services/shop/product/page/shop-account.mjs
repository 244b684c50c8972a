import { ask, isSignedIn, keepToken, newKey } from './shop-api.mjs';
import { find, onClick, onSubmit, say } from './shop-elements.mjs';

/** Shows who is signed in, or how to be. */
export async function showAccount() {
  showState();
  if (!isSignedIn()) return;
  const { name } = await ask('GET', '/customers/me');
  find('#account-heading').textContent = `Account of ${name}`;
}

/** Makes signing in and out and registering work. */
export function startAccount() {
  showState();
  onSubmit('#sign-in-form', async (form) => {
    await signIn(find('#sign-in-email').value, find('#sign-in-password').value);
    form.reset();
  });
  onSubmit('#register-form', async (form) => {
    const email = find('#register-email').value;
    const password = find('#register-password').value;
    const body = { email, password, name: find('#register-name').value };
    await ask('POST', '/customers', { body, key: newKey() });
    await signIn(email, password);
    form.reset();
  });
  onClick('#sign-out', () => {
    keepToken(undefined);
    showState();
    say('You are signed out.');
    find('#account-heading').focus();
  });
}

async function signIn(email, password) {
  const { accessToken } = await ask('POST', '/sessions', { body: { email, password } });
  keepToken(accessToken);
  showState();
  say('You are signed in.');
  location.hash = '#/';
}

function showState() {
  find('#account-forms').hidden = isSignedIn();
  find('#sign-out').hidden = !isSignedIn();
  find('#account-link').textContent = isSignedIn() ? 'Account' : 'Sign in';
  if (!isSignedIn()) find('#account-heading').textContent = 'Account';
}
