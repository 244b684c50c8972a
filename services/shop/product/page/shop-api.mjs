const TOKEN = 'shop-token';

/** What a service said against a request. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The service answered ${status}.`);
    this.status = status;
    this.kind = String(problem.type ?? '').replace('urn:shop:', '');
    this.order = problem.order;
  }
}

/** The parts of an address after the hash: `#/product/tea` is product and tea. */
export function addressOf(hash) {
  return hash.replace(/^#\/?/, '').split('/');
}

/** Whether somebody is signed in, as far as this tab knows. */
export function isSignedIn() {
  return sessionStorage.getItem(TOKEN) !== null;
}

/** Keeps the token until the tab is closed; without one nobody is signed in. */
export function keepToken(token) {
  if (token === undefined) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, token);
}

/** Asks a service at the address from which the page came; gives the JSON of its answer. */
export async function ask(method, path, { body, key } = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refusal(0, { detail: 'The shop can not be reached. Please try again.' });
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  const content = isJson ? JSON.parse(text) : {};
  if (response.ok) return content;
  if (response.status === 401) keepToken(undefined);
  throw new Refusal(response.status, content);
}

/** A key for something that shall happen once, however often it is sent. */
export function newKey() {
  // randomUUID exists on secure origins only, and a shop on this machine has none.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
