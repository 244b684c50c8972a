import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSiteFiles } from '../lib/serverless-api/site-files';
import {
  answerInstead,
  openDocument,
  openList,
  openTab,
  SITE_FILES,
  startDesk,
} from './support/document-desk';
import { problem } from './support/fake-documents';

const NAME = '<img src=x onerror="document.title=1">';

describe('the list', () => {
  test('shows the documents, newest first, and more of them on demand', async () => {
    const desk = await startDesk();
    for (let number = 1; number <= 30; number += 1) desk.documents.add({ title: `Report ${number}` });
    const tab = await openTab(desk.url);
    await tab.shows('25 documents shown; there are more.');
    const titles = () => [...tab.window.document.querySelectorAll('#documents a')].map((a) => a.textContent);
    expect(titles().slice(0, 2)).toEqual(['Report 30', 'Report 29']);
    tab.click('#more');
    await tab.shows('30 documents shown.');
    expect(titles().slice(24, 26)).toEqual(['Report 6', 'Report 5']);
    expect(tab.find('#more').hidden).toBe(true);
    expect(tab.window.document.activeElement?.textContent).toBe('Report 5');
  });

  test('leaves the focus at the beginning of the page, and shows each document once', async () => {
    const desk = await startDesk();
    desk.documents.add();
    const tab = await openList(desk);
    expect(tab.window.document.activeElement?.tagName).toBe('BODY');
    tab.showAgain(2);
    await expect.poll(() => desk.received('GET', '/documents').length).toBe(3);
    await tab.hides('Loading');
    await tab.shows('1 document shown.');
    expect(tab.window.document.activeElement?.textContent).toBe('Documents');
  });

  test('says what is known of each document', async () => {
    const desk = await startDesk();
    expect((await openList(desk)).text()).toContain('There are no documents yet.');
    desk.documents.add({ title: 'A', expiresAt: new Date(2030, 2, 2).toISOString() });
    desk.documents.add({ title: 'B', upload: { fileName: 'b.pdf', contentType: '', size: 1, sha256: '' } });
    desk.documents.add({ title: 'C', file: { status: 'accepted', name: 'c.pdf' } });
    desk.documents.add({ title: 'D', file: { status: 'rejected', name: 'd.pdf' } });
    const text = (await openList(desk)).text('#documents');
    expect(text).toMatch(
      /D Registered .* file rejected .*C .* file c.pdf .*B .* being checked .*A .* Mar 1, 2030 · no file/,
    );
  });

  test('says what is wrong, with the id for the support', async () => {
    const desk = await startDesk();
    answerInstead(desk, 'GET', problem(503, 'Service Unavailable', 'Too many at once.'));
    const tab = await openTab(desk.url);
    await tab.shows(
      'Service Unavailable Too many at once. Correlation id: correlation-1',
      '#list-section [role=alert]',
    );
  });

  test.each([
    ['hang up', 'The service cannot be reached.'],
    ['say nothing', 'The service cannot be reached.'],
    [
      { status: 502, body: '<html>', headers: { 'x-amz-cf-id': 'edge-1' } },
      'the status 502. Correlation id: edge-1',
    ],
    [{ status: 200, body: '<html>' }, 'The service gave an unexpected answer.'],
    [{ status: 429, body: { message: 'Limit' } }, 'There are too many requests at the moment.'],
  ] as const)('explains an answer that is none of the API: %o', async (answer, words) => {
    const desk = await startDesk();
    answerInstead(desk, 'GET', answer);
    const tab = await openTab(desk.url);
    await tab.shows(words, '#list-section [role=alert]');
  });

  test('says that its configuration is missing', async () => {
    const desk = await startDesk();
    Reflect.set(desk, 'config', 'no JSON');
    const tab = await openTab(desk.url);
    await tab.shows('The service gave an unexpected answer.', '#page-messages [role=alert]');
  });

  test.each([
    ['dev', 'dev'],
    ['prod', ''],
  ])('of the stage %s shows the stage as %o', async (stage, shown) => {
    const desk = await startDesk({ stage });
    expect((await openList(desk)).text('#stage')).toBe(shown);
  });
});

describe('registering', () => {
  test('sends what was written and opens the document', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    tab.write('#register-title', ' Contract ');
    tab.write('#register-description', 'Signed');
    tab.write('#register-expiry', '2030-03-01');
    tab.click('#register-form button');
    await tab.shows('The document is registered. You can upload its file now.');
    expect(tab.text('h1#document-heading')).toBe('Contract');
    expect(tab.window.document.activeElement?.id).toBe('document-heading');
    expect(tab.window.document.title).toBe('Contract – Document desk');
    expect(JSON.parse(String(desk.received('POST', '/documents')[0]?.body))).toEqual({
      title: 'Contract',
      description: 'Signed',
      expiresAt: new Date(2030, 2, 2).toISOString(),
    });
    await tab.shows('Mar 1, 2030', '#document-facts');
    tab.click('#change-form [type=submit]');
    await tab.hides('is registered');
    tab.follow('All documents');
    await tab.shows('1 document shown.');
    expect(tab.value('#register-title')).toBe('');
  });

  test('offers the days that the API takes', async () => {
    const tab = await openList(await startDesk());
    const dayIn = (attribute: string) =>
      new Date(`${tab.find('#register-expiry').getAttribute(attribute)}T00:00`);
    const now = new Date();
    expect(dayIn('min').getTime()).toBe(new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime());
    const endOfLast = dayIn('max');
    endOfLast.setDate(endOfLast.getDate() + 1);
    const inTenYears = new Date(now.getFullYear() + 10, now.getMonth(), now.getDate());
    expect(endOfLast.getTime()).toBe(inTenYears.getTime());
  });

  test('sends nothing for the fields that are empty', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    tab.write('#register-title', 'Contract');
    tab.click('#register-form button');
    await tab.shows('is registered');
    expect(JSON.parse(String(desk.received('POST', '/documents')[0]?.body))).toEqual({ title: 'Contract' });
  });

  test('takes a second try after a lost answer for the same document, and other words for another', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    answerInstead(desk, 'POST', 'hang up', 2);
    const register = async (title: string) => {
      tab.write('#register-title', title);
      tab.click('#register-form button');
    };
    await register('One');
    await tab.shows('The service cannot be reached.', '#register-form');
    expect(tab.value('#register-title')).toBe('One');
    await register('One');
    await expect.poll(() => desk.received('POST', '/documents').length).toBe(2);
    await tab.hides('Registering', '#register-form');
    await register('Two');
    await tab.shows('is registered');
    const [first, second, third] = desk
      .received('POST', '/documents')
      .map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[\x21-\x7e]{10,255}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('marks the fields that the API refuses', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    const errors = [{ path: 'expiresAt', message: 'must be in the future' }];
    answerInstead(desk, 'POST', problem(400, 'Bad Request', 'The document is not valid.', { errors }));
    tab.write('#register-title', 'Contract');
    tab.click('#register-form button');
    await tab.shows('Keep until: must be in the future', '#register-form [role=alert]');
    expect(tab.find('#register-expiry').getAttribute('aria-invalid')).toBe('true');
    expect(tab.find('#register-title').getAttribute('aria-invalid')).toBe('false');
    expect(tab.window.document.activeElement?.id).toBe('register-expiry');
  });

  test('explains a refusal by the firewall in front of the API', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    answerInstead(desk, 'POST', { status: 413, body: '' });
    tab.write('#register-title', 'Contract');
    tab.click('#register-form button');
    await tab.shows('This is too large.', '#register-form [role=alert]');
  });

  test('sends a form once, however often it is submitted meanwhile', async () => {
    const desk = await startDesk();
    const tab = await openList(desk);
    tab.write('#register-title', 'Contract');
    tab.click('#register-form button');
    tab.click('#register-form button');
    await tab.shows('is registered');
    expect(desk.documents.all).toHaveLength(1);
  });
});

describe('what people write', () => {
  test('is shown as text wherever it is', async () => {
    const file = { status: 'rejected', name: NAME, type: NAME, size: 4, reason: NAME };
    const pending = { fileName: NAME, contentType: '', size: 4, sha256: '' };
    const { desk, tab } = await openDocument({ title: NAME, description: NAME, file, upload: pending });
    expect(tab.text('#document-heading')).toBe(NAME);
    tab.click('#delete');
    tab.click('#delete-no');
    answerInstead(
      desk,
      'PUT',
      problem(400, NAME, NAME, { errors: [{ path: NAME, message: NAME }], correlationId: NAME }),
    );
    tab.click('#change-form [type=submit]');
    await tab.shows(NAME, '#change-form [role=alert]');
    tab.follow('All documents');
    await tab.shows(NAME, '#documents');
    expect(tab.window.document.querySelectorAll('img')).toHaveLength(0);
    expect(tab.window.document.title).not.toBe('1');
  });

  test('leads nowhere else as an id', async () => {
    const desk = await startDesk();
    const tab = await openTab(`${desk.url}#/..%2Fother%3Fa=b`);
    await tab.shows('There is no such document.', '#document-messages [role=alert]');
    expect(desk.requests.map(({ path }) => path)).toEqual(['/api/documents/..%2Fother%3Fa%3Db']);
    tab.window.location.hash = '#/%';
    await tab.shows('There are no documents yet.');
  });
});

describe('accessibility', () => {
  test('has no faults that axe finds, in any view', async () => {
    const { desk, tab } = await openDocument({ file: { status: 'accepted', name: 'a', type: 'b', size: 1 } });
    expect(await tab.accessibilityFaults()).toEqual([]);
    tab.click('#delete');
    expect(await tab.accessibilityFaults()).toEqual([]);
    expect(await (await openList(desk)).accessibilityFaults()).toEqual([]);
    desk.config = { ...desk.config, apiKeyRequired: true };
    const keyTab = await openTab(desk.url);
    await keyTab.shows('Use this key');
    expect(await keyTab.accessibilityFaults()).toEqual([]);
    desk.config = { ...desk.config, signIn: desk.signInConfig };
    const signInTab = await openTab(desk.url);
    await signInTab.shows('To see your documents, sign in.');
    expect(await signInTab.accessibilityFaults()).toEqual([]);
  });
});

describe('the files', () => {
  test('are the same wherever they are made', () => {
    const names = ['icon.svg', 'index.html', 'sign-in.js', 'site.js', 'style.css'];
    expect([...SITE_FILES.keys()].sort()).toEqual(names);
    const text = [...SITE_FILES.values()].map(String).join();
    expect(text).not.toContain(process.cwd());
  });

  test('are removed when they are used, also after a failure', () => {
    let made = '';
    const fail = () =>
      withSiteFiles((folder) => {
        made = folder;
        throw new Error('no space');
      });
    expect(fail).toThrow('no space');
    expect(() => readFileSync(join(made, 'index.html'))).toThrow('ENOENT');
  });

  test('keep to a strict content security policy', () => {
    const html = String(SITE_FILES.get('index.html'));
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:|https?:/);
    expect(html.match(/<script/g)).toHaveLength(1);
    for (const name of ['site.js', 'sign-in.js']) {
      expect(String(SITE_FILES.get(name)), name).not.toMatch(
        /\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write/,
      );
    }
  });
});
