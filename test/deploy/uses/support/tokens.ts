import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { emulatorOf } from './addresses';
import { appClientOf, type User, withAppClient } from './users';

const SCOPE = 'openid';

/** What the sign-in gives. */
export interface Tokens {
  readonly access: string;

  /** @default - none, without the scope `openid` */
  readonly id?: string;
}

/** The claims of a token, which nobody has checked. */
function claimsOf(token: string): Record<string, unknown> {
  const [, body = ''] = token.split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

/** Signs somebody in as a browser does: by the sign-in page, its code, and proof that the code is ours (PKCE). */
export async function signIn(stack: DeployedStack, user: User, scope = SCOPE): Promise<Tokens> {
  return signInTo(stack, await appClientOf(stack), user, scope);
}

/** An access token that was good, and is over. */
export async function expiredToken(stack: DeployedStack, user: User): Promise<string> {
  const { TokenValidityUnits } = await appClientOf(stack);
  // Less than AWS lets one have: it takes the emulator.
  const { access } = await withAppClient(
    stack,
    { AccessTokenValidity: 1, TokenValidityUnits: { ...TokenValidityUnits, AccessToken: 'seconds' } },
    () => signIn(stack, user),
  );
  const end = Number(claimsOf(access).exp) * 1000;
  return until('the end of a token', async () => (Date.now() > end ? access : undefined));
}

/** An access token of the same user pool for an app client that is none of the stack's. */
export async function tokenOfAnotherClient(stack: DeployedStack, user: User): Promise<string> {
  const { UserPoolId, CallbackURLs, ...own } = await appClientOf(stack);
  const { UserPoolClient } = await stack.aws.cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'another',
      CallbackURLs,
      AllowedOAuthFlows: own.AllowedOAuthFlows,
      AllowedOAuthScopes: own.AllowedOAuthScopes,
      AllowedOAuthFlowsUserPoolClient: true,
      SupportedIdentityProviders: own.SupportedIdentityProviders,
    }),
  );
  assert(UserPoolClient);
  try {
    return (await signInTo(stack, UserPoolClient, user, SCOPE)).access;
  } finally {
    await stack.aws.cognito.send(
      new DeleteUserPoolClientCommand({ UserPoolId, ClientId: UserPoolClient.ClientId }),
    );
  }
}

/** An access token that bears another scope than `openid`. */
export async function tokenOfAnotherScope(stack: DeployedStack, user: User): Promise<string> {
  const { AllowedOAuthScopes = [] } = await appClientOf(stack);
  const change = { AllowedOAuthScopes: [...new Set([...AllowedOAuthScopes, SCOPE, 'email'])] };
  return (await withAppClient(stack, change, () => signIn(stack, user, 'email'))).access;
}

/** The same token, signed with a key of our own under the name of the user pool's. */
export function forged(token: string, change: Record<string, unknown> = {}): string {
  const [header] = token.split('.');
  const body = Buffer.from(JSON.stringify({ ...claimsOf(token), ...change })).toString('base64url');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = createSign('RSA-SHA256').update(`${header}.${body}`).sign(privateKey, 'base64url');
  return `${header}.${body}.${signature}`;
}

async function signInTo(
  { aws }: DeployedStack,
  { ClientId = '', CallbackURLs: [callback = ''] = [] }: UserPoolClientType,
  user: User,
  scope: string,
): Promise<Tokens> {
  const emulator = await emulatorOf(aws);
  // The pages of AWS are made for people; they have no form that one could send.
  if (!emulator) throw new Error('the sign-in page can be used on the emulator only');
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: ClientId,
    redirect_uri: callback,
    scope,
    state,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  const page = await fetch(`${emulator}/oauth2/authorize?${query}`, { redirect: 'manual' });
  const form = formOf(await page.text());
  form.set('username', user.email);
  form.set('password', user.password);
  const answer = await fetch(`${emulator}/login`, { method: 'POST', body: form, redirect: 'manual' });
  const target = answer.headers.get('location');
  if (!target?.startsWith(callback)) throw new Error(`the sign-in failed: ${answer.status} ${target}`);
  const { searchParams } = new URL(target);
  assert.equal(searchParams.get('state'), state);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: ClientId,
    redirect_uri: callback,
    code: searchParams.get('code') ?? '',
    code_verifier: verifier,
  });
  const granted = await fetch(`${emulator}/oauth2/token`, { method: 'POST', body });
  const { access_token, id_token } = (await granted.json()) as { access_token?: string; id_token?: string };
  if (!access_token) throw new Error(`the code was refused: ${granted.status}`);
  return { access: access_token, ...(id_token && { id: id_token }) };
}

/** The hidden fields of a page's form. */
function formOf(page: string): URLSearchParams {
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of fields) form.set(name, value);
  return form;
}
