import { expect, onTestFinished } from 'vitest';
import { FakeDocumentDesk } from './fake-document-desk';
import type { FakeDocuments } from './fake-documents';
import { PageTab, readSiteFiles } from './page-tab';

/** The page's files as they are deployed. */
export const SITE_FILES = readSiteFiles();

/** A desk for one test. */
export async function startDesk(
  config: ConstructorParameters<typeof FakeDocumentDesk>[1] = {},
): Promise<FakeDocumentDesk> {
  const desk = new FakeDocumentDesk(SITE_FILES, config);
  await desk.listen();
  onTestFinished(() => desk.close());
  return desk;
}

/** A tab for one test. */
export async function openTab(url: string): Promise<PageTab> {
  const tab = new PageTab();
  onTestFinished(() => tab.close());
  await tab.open(url);
  return tab;
}

/** A tab that shows the documents of a desk. */
export async function openList(desk: FakeDocumentDesk): Promise<PageTab> {
  const tab = await openTab(desk.url);
  await expect.poll(() => tab.text('#list-section')).toMatch(/documents? shown|no documents/);
  return tab;
}

/** A desk with one document, and a tab that shows it. */
export async function openDocument(document: Parameters<FakeDocuments['add']>[0] = {}) {
  const desk = await startDesk();
  const added = desk.documents.add(document);
  const tab = await openTab(`${desk.url}#/${added.id}`);
  await tab.shows(added.title, '#document-heading');
  return { desk, tab, document: added };
}

/** Answers the requests with a method in place of the desk, as often as told. */
export function answerInstead(
  desk: FakeDocumentDesk,
  method: string,
  answer: ReturnType<FakeDocumentDesk['intercept']>,
  times = 1,
): void {
  let left = times;
  desk.intercept = (request) => {
    if (request.method !== method || left === 0) return undefined;
    left -= 1;
    return answer;
  };
}
