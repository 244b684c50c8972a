import { describe, expect, test } from 'vitest';
import { answerInstead, openTab, SITE_FILES, startDesk } from './support/document-desk';
import { problem } from './support/fake-documents';
import type { PageTab } from './support/page-tab';

describe('the API key', () => {
  test('is asked for, kept for the tab, and sent with each request', async () => {
    const desk = await startDesk({ apiKeyRequired: true });
    const tab = await openTab(desk.url);
    await tab.shows('Use this key');
    expect(desk.requests).toEqual([]);
    tab.write('#api-key', 'secret-key');
    tab.click('#key-form button');
    await tab.shows('There are no documents yet.');
    await tab.open(desk.url);
    await tab.shows('There are no documents yet.');
    expect(desk.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['secret-key', 'secret-key']);
    expect(tab.value('#api-key')).toBe('');
  });

  test('is asked for again when it is refused', async () => {
    const desk = await startDesk({ apiKeyRequired: true });
    const tab = await openTab(desk.url);
    answerInstead(desk, 'GET', { status: 403, body: { message: 'Forbidden' } });
    await tab.shows('Use this key');
    tab.write('#api-key', 'wrong');
    tab.click('#key-form button');
    await tab.shows('This is not allowed.', '#key-form [role=alert]');
    await tab.open(desk.url);
    await tab.shows('Use this key');
    tab.write('#api-key', 'right');
    tab.click('#key-form button');
    await tab.shows('There are no documents yet.');
    expect(tab.text('#key-form [role=alert]')).toBe('');
  });

  test('is kept when something else fails', async () => {
    const desk = await startDesk({ apiKeyRequired: true });
    const tab = await openTab(desk.url);
    await tab.shows('Use this key');
    answerInstead(desk, 'GET', problem(503, 'Service Unavailable'));
    tab.write('#api-key', 'secret-key');
    tab.click('#key-form button');
    await tab.shows('Service Unavailable', '#list-section [role=alert]');
    tab.showAgain();
    await tab.shows('There are no documents yet.');
  });
});

describe('the sign-in', () => {
  async function startWithSignIn() {
    const desk = await startDesk();
    desk.config = { ...desk.config, signIn: desk.signInConfig };
    return desk;
  }

  async function signIn(tab: PageTab) {
    await tab.shows('To see your documents, sign in.');
    tab.click('#sign-in');
    await tab.shows('Sign out', 'header');
  }

  test('leads to what was asked for, with an access token', async () => {
    const desk = await startWithSignIn();
    const { id } = desk.documents.add({ title: 'Report' });
    const tab = await openTab(`${desk.url}#/${id}`);
    await signIn(tab);
    await tab.shows('Report', '#document-heading');
    expect(desk.signIn.grants).toEqual(['authorization_code']);
    expect(desk.requests[0]?.headers.authorization).toMatch(/^Bearer .{36}$/);
    expect(tab.window.location.href).toBe(`${desk.url}#/${id}`);
    expect(tab.window.localStorage).toHaveLength(0);
  });

  test('is renewed by the refresh token before the access token ends, once for all', async () => {
    const desk = await startWithSignIn();
    desk.signIn.lifetime = 30;
    const tab = await openTab(desk.url);
    await signIn(tab);
    await tab.shows('There are no documents yet.');
    expect(desk.signIn.grants).toEqual(['authorization_code', 'refresh_token']);
    tab.showAgain(2);
    await expect.poll(() => desk.requests.length).toBe(3);
    expect(desk.signIn.grants).toHaveLength(3);
  });

  test('does not show what the browser kept of the page', async () => {
    const desk = await startWithSignIn();
    const tab = await openTab(desk.url);
    await tab.shows('To see your documents, sign in.');
    const { window } = tab;
    window.dispatchEvent(Object.assign(new window.Event('pageshow'), { persisted: true }));
    await expect.poll(() => tab.window).not.toBe(window);
    await tab.shows('To see your documents, sign in.');
  });

  test('is renewed when the API refuses the token', async () => {
    const desk = await startWithSignIn();
    const { id } = desk.documents.add();
    const tab = await openTab(desk.url);
    await signIn(tab);
    await tab.shows('1 document shown.');
    desk.signIn.expire('access tokens');
    tab.window.location.hash = `#/${id}`;
    await tab.shows('Registered', '#document-facts');
    expect(desk.signIn.grants).toEqual(['authorization_code', 'refresh_token']);
  });

  test('is repeated when it has ended and something is read', async () => {
    const desk = await startWithSignIn();
    const { id } = desk.documents.add();
    const tab = await openTab(desk.url);
    await signIn(tab);
    await tab.shows('1 document shown.');
    desk.signIn.expire('all tokens');
    tab.window.location.hash = `#/${id}`;
    await tab.shows('Registered', '#document-facts');
    expect(desk.signIn.grants).toEqual(['authorization_code', 'refresh_token', 'authorization_code']);
  });

  test('is offered, and does not take away what was written, when it has ended and something is saved', async () => {
    const desk = await startWithSignIn();
    const { id } = desk.documents.add();
    const tab = await openTab(`${desk.url}#/${id}`);
    await signIn(tab);
    await tab.shows('Report', '#document-heading');
    desk.signIn.expire('all tokens');
    tab.write('#change-title', 'Mine');
    tab.click('#change-form [type=submit]');
    await tab.shows('Unauthorized Correlation id: correlation-1 Sign in again', '#change-form');
    expect(tab.value('#change-title')).toBe('Mine');
    tab.click('#change-form [role=alert] button');
    await expect.poll(() => desk.signIn.grants.length).toBe(3);
    await tab.shows('Version 1', '#document-facts');
    expect(desk.signIn.grants.at(-1)).toBe('authorization_code');
  });

  test('does not go on for ever when the API refuses every token', async () => {
    const desk = await startWithSignIn();
    answerInstead(desk, 'GET', problem(401, 'Unauthorized'), 99);
    const tab = await openTab(desk.url);
    await signIn(tab);
    await tab.shows('Sign in again', '#list-section [role=alert]');
    expect(desk.signIn.grants).toEqual(['authorization_code', 'refresh_token']);
  });

  test('says why it failed', async () => {
    const desk = await startWithSignIn();
    desk.signIn.refusal = 'access_denied';
    const tab = await openTab(desk.url);
    await tab.shows('To see your documents, sign in.');
    tab.click('#sign-in');
    await tab.shows('Signing in failed. access_denied', '#sign-in-view [role=alert]');
    expect(tab.window.location.href).toBe(desk.url);
  });

  test('says that Cognito cannot be reached', async () => {
    const desk = await startWithSignIn();
    desk.config = {
      ...desk.config,
      signIn: { ...desk.signInConfig, authority: `${desk.otherOrigin}/nothing` },
    };
    const tab = await openTab(desk.url);
    await tab.shows('To see your documents, sign in.');
    tab.click('#sign-in');
    await tab.shows('Signing in failed.', '#sign-in-view [role=alert]');
  });

  test('ends here and at Cognito', async () => {
    const desk = await startWithSignIn();
    const tab = await openTab(desk.url);
    await signIn(tab);
    await tab.shows('There are no documents yet.');
    tab.click('#sign-out');
    await tab.shows('To see your documents, sign in.');
    expect(desk.signIn.signedOut).toEqual([desk.url]);
    expect(desk.signIn.revoked).toHaveLength(1);
    expect(tab.find('#sign-out').hidden).toBe(true);
    expect(tab.window.sessionStorage).toHaveLength(0);
  });

  test('costs nothing where nobody signs in', async () => {
    expect(SITE_FILES.get('site.js')?.length).toBeLessThan(30_000);
    expect(SITE_FILES.get('sign-in.js')?.toString()).toContain('code_challenge');
    expect(SITE_FILES.get('site.js')?.toString()).not.toContain('code_challenge');
  });
});
