import assert from 'node:assert/strict';
import type { DeployedStack } from '../../support/stacks';
import { type Ask, apiFor, frontOf, jsonOf, problemOf } from './desk';
import { pdf, upload } from './desk-files';
import { siteConfigOf } from './desk-site';
import { type Document, listed, read, register } from './documents';
import { expiredToken, forged, signIn, tokenOfAnotherClient, tokenOfAnotherScope } from './tokens';
import { addUser, appClientOf } from './users';
import { view } from './viewer';

/** The API for somebody who has signed in; the same email is the same person. */
export async function signedIn(stack: DeployedStack, email: string, apiKey?: string): Promise<Ask> {
  const user = await addUser(stack, email);
  return apiFor(stack, { token: (await signIn(stack, user)).access, apiKey });
}

export const ANNA = 'anna@example.com';
const BERT = 'bert@example.com';

/** What Anna keeps, from the day on that people sign in. */
const KEPT = 'Anna keeps this';
const KEPT_FILE = pdf('Anna keeps this');

/** What a request is answered that API Gateway refuses, which differs between the kinds of API. */
export interface Refusals {
  /** A token that is good, but not for this. */
  readonly otherScope: number;

  /** Whether the answer is a problem; an HTTP API's own answers can't be changed. */
  readonly areProblems: boolean;
}

/** Shows that only those get in who have signed in here, for this, and not too long ago. */
export async function onlySignedIn(
  stack: DeployedStack,
  { areProblems, otherScope }: Refusals,
  apiKey?: string,
): Promise<void> {
  const user = await addUser(stack, ANNA);
  const { access, id } = await signIn(stack, user);
  const expired = await expiredToken(stack, user);
  const ask = async (token?: string) => (await apiFor(stack, { token, apiKey }))('GET', '/documents');
  assert.equal((await ask(access)).status, 200);
  assert.ok(id, 'there is no ID token');
  const [header, , signature] = access.split('.');
  const bad: Record<string, [string | undefined, number]> = {
    none: [undefined, 401],
    nonsense: ['nonsense', 401],
    forged: [forged(access), 401],
    expired: [expired, 401],
    'expired, made longer': [forged(expired, { exp: 4e9 }), 401],
    "with another's claims": [
      [header, forged(access, { sub: 'bert' }).split('.')[1], signature].join('.'),
      401,
    ],
    'of another client': [await tokenOfAnotherClient(stack, user), 401],
    'of another scope': [await tokenOfAnotherScope(stack, user), otherScope],
    'an ID token': [id, otherScope],
  };
  for (const [what, [token, status]] of Object.entries(bad)) {
    const answer = await ask(token);
    assert.equal(answer.status, status, what);
    if (areProblems) await problemOf(answer, status);
  }
  assert.equal((await ask(access)).status, 200, 'the good token is not good any more');
}

/** Shows that each of two has documents of their own, and can't tell another's from those that there are not. */
export async function documentsOfTheirOwn(stack: DeployedStack, apiKey?: string): Promise<void> {
  const [anna, bert] = [await signedIn(stack, ANNA, apiKey), await signedIn(stack, BERT, apiKey)];
  const [hers, his] = [await register(anna), await register(bert)];
  const [ofAnna, ofBert] = [await listed(anna), await listed(bert)];
  assert.ok(ofAnna.includes(hers.id) && ofBert.includes(his.id));
  assert.deepEqual(
    ofAnna.filter((id) => ofBert.includes(id)),
    [],
  );
  const path = `/documents/${hers.id}`;
  const headers = { 'if-match': '*' };
  const json = { fileName: 'a.pdf', contentType: 'application/pdf', size: 1, sha256: `${'A'.repeat(43)}=` };
  await problemOf(await bert('GET', path), 404);
  await problemOf(await bert('PUT', path, { json: { title: 'Mine' }, headers }), 404);
  await problemOf(await bert('DELETE', path), 404);
  await problemOf(await bert('POST', `${path}/upload`, { json }), 404);
  assert.deepEqual(await read(anna, hers.id), hers);
}

/** Shows that who signs in first finds nothing, and lets Anna keep a document. */
export async function firstDocuments(stack: DeployedStack): Promise<void> {
  const anna = await signedIn(stack, ANNA);
  assert.deepEqual(await listed(anna), [], 'what everyone shared is nobody’s own');
  const { id, version } = await upload(anna, KEPT_FILE);
  const headers = { 'if-match': `"${version}"` };
  await jsonOf(await anna('PUT', `/documents/${id}`, { json: { title: KEPT }, headers }));
}

/** Shows that what Anna keeps is still there, with its file. */
export async function documentsOfBefore(stack: DeployedStack, apiKey?: string): Promise<void> {
  const anna = await signedIn(stack, ANNA, apiKey);
  const documents = await Promise.all((await listed(anna)).map((id) => read(anna, id)));
  const [kept, ...others] = documents.filter(({ title }) => title === KEPT);
  assert.deepEqual(others, []);
  const downloaded = await fetch(downloadUrlOf(kept));
  assert.deepEqual(Buffer.from(await downloaded.arrayBuffer()), KEPT_FILE);
}

function downloadUrlOf(document: Document | undefined): string {
  if (!document?.file?.downloadUrl) throw new Error('there is no file to be downloaded');
  return document.file.downloadUrl;
}

/** Shows that the page is told where to sign in, and may, and that the sign-in leads back to it and nowhere else. */
export async function signInOfTheSite(stack: DeployedStack): Promise<void> {
  const { signIn: told } = await siteConfigOf(stack);
  const client = await appClientOf(stack);
  assert.equal(told?.clientId, client.ClientId);
  assert.match(told?.authority ?? '', new RegExp(`^https://cognito-idp\\..+/${client.UserPoolId}$`));
  assert.equal(told?.scope, 'openid');
  const page = await view(stack.aws, (await frontOf(stack)).name, '/');
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const address of [told?.authority, told?.logoutUrl])
    assert.ok(policy.includes(new URL(address ?? '').origin), `${policy} has no ${address}`);
  const callback = `${stack.outputs.SiteUrl}/`;
  assert.deepEqual([client.CallbackURLs, client.LogoutURLs], [[callback], [callback]]);
  assert.deepEqual([client.AllowedOAuthFlows, client.AllowedOAuthScopes], [['code'], ['openid']]);
  assert.equal(client.ClientSecret, undefined);
}
