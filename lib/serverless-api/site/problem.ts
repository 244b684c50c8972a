/** What is wrong with one member of what was sent. */
export interface FieldError {
  /** Which member, like 'title'. */
  readonly path: string;
  readonly message: string;
}

/** What went wrong, in words for the person before the screen. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** The HTTP status, or 0 where no answer came. */
    readonly status: number,
    readonly title: string,
    readonly detail = '',
    /** What the support needs to find the request in the logs. */
    readonly correlationId = '',
    readonly errors: readonly FieldError[] = [],
  ) {
    super(title);
  }
}

/** Milliseconds; API Gateway gives up after 30 s. */
const TIMEOUT = 35_000;

/** Sends a request; throws a Problem if there is no answer, or one that reports a failure. 304 is no failure. */
export async function fetchOrExplain(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) });
  } catch {
    throw unreachable();
  }
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
}

/** The problem of a request that got no answer. */
export function unreachable(): Problem {
  return new Problem(0, 'The service cannot be reached.', 'Check your connection, then try again.');
}

/** The JSON of an answer; throws a Problem if it is something else, like a proxy's page. */
export async function jsonOf<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Problem(response.status, 'The service gave an unexpected answer.', '', idOf(response));
  }
}

/** For answers that come from something in front of the API, which does not describe its problems. */
const WORDS: Partial<Record<number, string>> = {
  401: 'You are not signed in.',
  403: 'This is not allowed.',
  404: 'This does not exist.',
  412: 'Someone else changed this in the meantime.',
  413: 'This is too large.',
  429: 'There are too many requests at the moment.',
};

async function problemOf(response: Response): Promise<Problem> {
  const body = await bodyOf(response);
  const { status } = response;
  const title = textIn(body, 'title') || WORDS[status] || `The service answered with the status ${status}.`;
  const id = textIn(body, 'correlationId') || idOf(response);
  return new Problem(status, title, textIn(body, 'detail'), id, errorsIn(body));
}

async function bodyOf(response: Response): Promise<object> {
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? body : {};
}

function textIn(body: object, name: string): string {
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : '';
}

function errorsIn(body: object): FieldError[] {
  const errors: unknown = Reflect.get(body, 'errors');
  if (!Array.isArray(errors)) return [];
  return errors
    .filter((error: unknown) => typeof error === 'object' && error !== null)
    .map((error: object) => ({ path: textIn(error, 'path'), message: textIn(error, 'message') }));
}

/** The id that API Gateway or CloudFront gave to the request. */
function idOf({ headers }: Response): string {
  return (
    headers.get('x-correlation-id') ?? headers.get('x-amzn-requestid') ?? headers.get('x-amz-cf-id') ?? ''
  );
}
