import type { IncomingMessage } from 'node:http';
import { ask } from '../shared/ask';
import type { Check, ListenerSettings } from './listener-settings';
import { reasonOf } from './reasons';

/** Seconds for one answer. */
const PATIENCE = 5;

/** Characters. What comes after them is not read. */
const TEXT_LENGTH = 1_000_000;

interface Page {
  readonly status?: number;
  readonly location?: string;
  readonly text: string;
}

/**
 * What is wrong with the pages that the test listener shows at its addresses, in sentences; nothing is wrong where there
 * are none.
 *
 * @param version what must answer, unless that is not known
 */
export async function pageProblems(
  settings: ListenerSettings,
  addresses: readonly string[],
  version: string | undefined,
): Promise<string[]> {
  const { checks, host, port, protocol, send, versionPath } = settings;
  const look = async (address: string, check: Check, wrong: (page: Page) => string | undefined) => {
    const url = new URL(`${protocol}://${address}:${port}${check.path}`);
    try {
      const page = await ask(send, url, host, PATIENCE, read);
      const problem = wrongHead(page, check.status) ?? wrong(page);
      return problem === undefined ? [] : [`${url} ${problem}`];
    } catch (error) {
      return [`${url} did not answer: ${reasonOf(error)}`];
    }
  };

  const problems = await Promise.all(
    addresses.flatMap((address) => [
      ...checks.map((check) => look(address, check, ({ text }) => wrongText(text, check.contains))),
      ...(version === undefined
        ? []
        : [look(address, { path: versionPath, status: 200 }, ({ text }) => wrongVersion(text, version))]),
    ]),
  );
  return problems.flat();
}

async function read(response: IncomingMessage): Promise<Page> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const part of response) {
      text += part;
      if (text.length > TEXT_LENGTH) break;
    }
  } catch {
    throw new Error(`its answer broke off, or took longer than ${PATIENCE} seconds`);
  }
  return { status: response.statusCode, location: response.headers.location, text };
}

function wrongHead({ location, status }: Page, wanted: number): string | undefined {
  if (status === wanted) return undefined;
  return `answered ${status}${location === undefined ? '' : `, which leads to ${location},`} and not ${wanted}`;
}

function wrongText(text: string, wanted = ''): string | undefined {
  return text.includes(wanted) ? undefined : `does not contain ${JSON.stringify(wanted)}`;
}

function wrongVersion(text: string, wanted: string): string | undefined {
  const version = versionIn(text);
  if (version === wanted) return undefined;
  return version === undefined
    ? 'names no version'
    : `is of version ${JSON.stringify(version)} and not ${JSON.stringify(wanted)}: the test listener does not lead to the release`;
}

function versionIn(text: string): unknown {
  try {
    return JSON.parse(text).version;
  } catch {
    return undefined;
  }
}
