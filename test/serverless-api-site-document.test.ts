import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { answerInstead, openDocument, openTab, startDesk } from './support/document-desk';
import { problem } from './support/fake-documents';
import type { PageTab } from './support/page-tab';

describe('changing', () => {
  test('sends the version that was seen, and shows the new one', async () => {
    const { desk, tab, document } = await openDocument({ title: 'Old', version: 7 });
    tab.write('#change-title', 'New');
    tab.click('#change-form [type=submit]');
    await tab.shows('Your changes are saved.', '#change-form');
    expect(desk.received('PUT', document.id)[0]?.headers['if-match']).toBe('"7"');
    expect(tab.text('#document-heading')).toBe('New');
    expect(tab.text('#document-facts')).toContain('Version 8');
  });

  test('leaves the time of an expiry that others set, if its day is not changed', async () => {
    const expiresAt = '2030-03-01T10:30:00.000Z';
    const { desk, tab } = await openDocument({ expiresAt });
    tab.write('#change-title', 'New');
    tab.click('#change-form [type=submit]');
    await tab.shows('Your changes are saved.');
    expect(desk.documents.all[0]?.expiresAt).toBe(expiresAt);
    tab.write('#change-expiry', '');
    tab.click('#change-form [type=submit]');
    await expect.poll(() => desk.documents.all[0]?.expiresAt).toBeUndefined();
  });

  test('shows what someone else wrote meanwhile, keeps what this person wrote, and saves it on demand', async () => {
    const { desk, tab, document } = await openDocument({ title: 'Old' });
    tab.write('#change-title', 'Mine');
    Object.assign(document, { title: 'Theirs', version: 2 });
    tab.click('#change-form [type=submit]');
    await tab.shows(
      'Someone else changed this document in the meantime. Nothing was saved.',
      '#change-form [role=alert]',
    );
    await tab.shows('correlation-1', '#change-form [role=alert]');
    expect(tab.text('#document-heading')).toBe('Theirs');
    expect(tab.value('#change-title')).toBe('Mine');
    expect(desk.documents.all[0]?.title).toBe('Theirs');
    tab.click('#change-form [type=submit]');
    await tab.shows('Your changes are saved.');
    expect(desk.documents.all[0]).toMatchObject({ title: 'Mine', version: 3 });
    expect(tab.text('#change-form [role=alert]')).toBe('');
  });

  test('knows its own words again when the browser repeats a change whose answer got lost', async () => {
    const { desk, tab, document } = await openDocument({ title: 'Old' });
    tab.write('#change-title', 'Mine');
    Object.assign(document, { title: 'Mine', version: 2 });
    tab.click('#change-form [type=submit]');
    await tab.shows('Your changes are saved.', '#change-form [role=status]');
    tab.write('#change-title', 'More');
    tab.click('#change-form [type=submit]');
    await expect.poll(() => desk.documents.all[0]).toMatchObject({ title: 'More', version: 3 });
  });

  test('discards what was written', async () => {
    const { tab } = await openDocument({ title: 'Old' });
    tab.write('#change-title', 'Mine');
    tab.click('#discard');
    await tab.shows('The fields show the newest version again.');
    expect(tab.value('#change-title')).toBe('Old');
  });

  test('says that someone else deleted it', async () => {
    const { desk, tab } = await openDocument();
    desk.documents.all.pop();
    tab.write('#change-title', 'Mine');
    tab.click('#change-form [type=submit]');
    await tab.shows('There is no such document.', '#change-form [role=alert]');
  });

  test('does not take what someone else wrote for seen when only a file arrives', async () => {
    const { desk, tab, document } = await openDocument({ title: 'Old' });
    tab.write('#change-title', 'Mine');
    Object.assign(document, { title: 'Theirs', version: 2 });
    tab.choose('%PDF', 'a.pdf', 'application/pdf');
    tab.click('#upload-form button');
    await tab.shows('a.pdf was accepted.');
    tab.click('#change-form [type=submit]');
    await tab.shows('Someone else changed this document');
    expect(desk.documents.all[0]?.title).toBe('Theirs');
  });
});

describe('deleting', () => {
  test('asks first', async () => {
    const { desk, tab } = await openDocument({ title: 'Report' });
    tab.click('#delete');
    expect(tab.text('#delete-dialog')).toContain('Delete “Report”?');
    expect(tab.find('#delete-dialog').hasAttribute('open')).toBe(true);
    tab.click('#delete-no');
    await expect.poll(() => tab.find('#delete-dialog').hasAttribute('open')).toBe(false);
    expect(desk.received('DELETE', '')).toEqual([]);
  });

  test('goes back to the list and says so', async () => {
    const { desk, tab } = await openDocument({ title: 'Report', version: 3 });
    tab.click('#delete');
    tab.click('#delete-yes');
    await tab.shows('“Report” was deleted. There are no documents yet.', '#list-section [role=status]');
    expect(desk.received('DELETE', '')[0]?.headers['if-match']).toBe('"3"');
  });

  test('shows the newest version in place of deleting what someone else changed', async () => {
    const { desk, tab, document } = await openDocument({ title: 'Report' });
    Object.assign(document, { title: 'Theirs', version: 2 });
    tab.click('#delete');
    tab.click('#delete-yes');
    await tab.shows('It was not deleted.', '#delete-section [role=alert]');
    expect(tab.text('#document-heading')).toBe('Theirs');
    expect(desk.documents.all).toHaveLength(1);
  });
});

describe('the file', () => {
  const upload = (tab: PageTab, content = '%PDF', name = 'a.pdf', type = 'application/pdf') => {
    tab.choose(content, name, type);
    tab.click('#upload-form button');
  };

  test('is announced with its checksum, sent as it was signed, and shown when it is accepted', async () => {
    const { desk, tab, document } = await openDocument();
    const set: string[] = [];
    const { prototype } = tab.window.XMLHttpRequest;
    const { setRequestHeader } = prototype;
    prototype.setRequestHeader = function (name, value) {
      set.push(name);
      return setRequestHeader.call(this, name, value);
    };
    let resets = 0;
    tab.find('#upload-form').addEventListener('reset', () => {
      resets += 1;
    });
    upload(tab);
    await tab.shows('a.pdf was accepted.', '#file-section [role=status]');
    expect(set).toEqual(['content-type', 'x-amz-checksum-sha256']);
    expect(resets).toBe(1);
    expect(JSON.parse(String(desk.received('POST', '/upload')[0]?.body))).toEqual({
      fileName: 'a.pdf',
      contentType: 'application/pdf',
      size: 4,
      sha256: createHash('sha256').update('%PDF').digest('base64'),
    });
    expect(String(desk.received('PUT', `/storage/${document.id}`)[0]?.body)).toBe('%PDF');
    expect(tab.text('#file-facts')).toContain('a.pdf (PDF, 4 bytes) was accepted.');
    expect(tab.text('#document-facts')).toContain('Version 3');
  });

  test('is awaited while it is checked', async () => {
    const { desk, tab, document } = await openDocument();
    desk.documents.verdict = undefined;
    upload(tab);
    await tab.shows('The file is being checked…', '#file-section [role=status]');
    const looks = () => desk.received('GET', document.id).map(({ headers }) => headers['if-none-match']);
    await expect.poll(() => looks().length).toBeGreaterThan(3);
    expect(looks().at(-1)).toBe('"2"');
    const file = { status: 'rejected', name: 'a.pdf', type: 'text/html', size: 4, reason: 'It is no PDF.' };
    Object.assign(document, { upload: undefined, version: 3, file });
    await tab.shows('The file was rejected. It is no PDF.', '#file-section [role=alert]');
    expect(tab.find('#download').hidden).toBe(true);
  });

  test('is awaited less and less often, for two minutes, and then on demand', async () => {
    const { desk, tab, document } = await openDocument();
    desk.documents.verdict = undefined;
    upload(tab);
    await tab.shows('Checking takes longer than usual.');
    const looks = desk.received('GET', document.id).length;
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(25);
    Object.assign(document, { upload: undefined, version: 3, file: { status: 'accepted', name: 'a.pdf' } });
    tab.click('#check-again');
    await tab.shows('a.pdf was accepted.');
    expect(tab.find('#check-again').hidden).toBe(true);
  });

  test('is awaited through passing failures', async () => {
    const { desk, tab, document } = await openDocument();
    desk.documents.verdict = undefined;
    upload(tab);
    await tab.shows('The file is being checked…');
    await expect.poll(() => desk.received('GET', document.id).length).toBeGreaterThan(1);
    const failures = [problem(503, 'Busy'), problem(429, 'Slow')];
    desk.intercept = () => failures.pop();
    await expect.poll(() => failures.length).toBe(0);
    Object.assign(document, { upload: undefined, version: 3, file: { status: 'accepted', name: 'a.pdf' } });
    await tab.shows('a.pdf was accepted.');
  });

  test('is not awaited any more when the person leaves', async () => {
    const { desk, tab, document } = await openDocument();
    desk.documents.verdict = undefined;
    upload(tab);
    await tab.shows('The file is being checked…');
    tab.follow('All documents');
    await tab.shows('1 document shown.');
    const looks = desk.received('GET', document.id).length;
    const lists = () => desk.received('GET', '/documents').length;
    for (let times = 0; times < 30; times += 1) {
      const before = lists();
      tab.showAgain();
      await expect.poll(lists, { interval: 5 }).toBeGreaterThan(before);
    }
    expect(desk.received('GET', document.id).length).toBeLessThanOrEqual(looks + 1);
    tab.follow('Report');
    await tab.shows('a.pdf was announced and is not checked yet.');
  });

  test.each([
    ['x'.repeat(1025), 'a.pdf', 'application/pdf', 'This file has 1 KiB. PDF, PNG; at most 1 KiB.'],
    ['', 'a.pdf', 'application/pdf', 'This file is empty.'],
    ['MZ', 'a.exe', 'application/x-msdownload', 'Such files are not taken. PDF, PNG; at most 1 KiB.'],
  ])('is refused before it is sent: %#', async (content, name, type, words) => {
    const desk = await startDesk({ maxFileSize: 1024 });
    const tab = await openTab(`${desk.url}#/${desk.documents.add().id}`);
    await tab.shows('at most 1 KiB.', '#file-rules');
    upload(tab, content, name, type);
    await tab.shows(words, '#file-section [role=alert]');
    expect(desk.received('POST', '/upload')).toEqual([]);
  });

  test('must be chosen', async () => {
    const { tab } = await openDocument();
    tab.click('#upload-form button');
    await tab.shows('Choose a file first.', '#file-section [role=alert]');
  });

  test('is reported as not stored if the storage refuses it or cannot be reached', async () => {
    const { desk, tab } = await openDocument();
    answerInstead(desk, 'PUT', {
      status: 403,
      body: '<Error/>',
      headers: { 'access-control-allow-origin': '*' },
    });
    upload(tab);
    await tab.shows('The storage refused the file.', '#file-section [role=alert]');
    answerInstead(desk, 'PUT', 'hang up');
    upload(tab);
    await tab.shows('The service cannot be reached.', '#file-section [role=alert]');
    answerInstead(desk, 'PUT', { status: 403, headers: { 'access-control-allow-origin': '*' } });
    upload(tab);
    await tab.shows('The storage refused the file.', '#file-section [role=alert]');
    answerInstead(desk, 'OPTIONS', { status: 403 });
    upload(tab);
    await tab.shows('The service cannot be reached.', '#file-section [role=alert]');
    expect(tab.find('#upload-progress').hidden).toBe(true);
  });

  test('is downloaded from an address that is new', async () => {
    const file = { status: 'accepted', name: 'a.pdf', type: 'application/pdf', size: 4 };
    const { desk, tab, document } = await openDocument({ file });
    tab.click('#download');
    await expect.poll(() => desk.received('GET', `/storage/${document.id}`).length).toBe(1);
    expect(desk.received('GET', `/documents/${document.id}`)).toHaveLength(2);
  });

  test('is not downloaded when it is gone meanwhile', async () => {
    const file = { status: 'accepted', name: 'a.pdf', type: 'application/pdf', size: 4 };
    const { tab, document } = await openDocument({ file });
    document.file = undefined;
    tab.click('#download');
    await tab.shows('There is no file to download any more.');
    expect(tab.text('#file-facts')).toContain('This document has no file yet.');
  });
});
