import { setTimeout as pause } from 'node:timers/promises';
import { SENDERS } from './senders';

/**
 * What CloudFormation sends, as far as it is needed.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;

  /** What the resource was called before; a new one has no name yet. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, string>>;

  /** What an update changes. */
  readonly OldResourceProperties?: Readonly<Record<string, string>>;
}

/** What CloudFormation is told. */
export interface CustomResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';

  /** People read it in the stack's events. */
  readonly Reason?: string;

  /** Another one than before makes CloudFormation delete the resource of that name. */
  readonly PhysicalResourceId: string;

  /** What the template may ask the resource for. */
  readonly Data?: Readonly<Record<string, string | readonly string[]>>;
}

/** Bytes. CloudFormation takes 4096 at most of the whole answer, with its identifiers, and JSON may double some of them. */
const REASON_LENGTH = 1700;

const ATTEMPTS = 3;

/** Milliseconds. */
const PATIENCE = 5000;
const PAUSE = 1000;

/**
 * Tells CloudFormation what came of its request.
 *
 * @throws Error where the answer can't be delivered; Lambda calls the function again then
 */
async function answer(
  { LogicalResourceId, RequestId, ResponseURL, StackId }: CustomResourceEvent,
  result: CustomResourceAnswer,
): Promise<void> {
  const body = JSON.stringify({ ...result, LogicalResourceId, RequestId, StackId });
  for (let attempt = 1; ; attempt += 1) {
    const failure = await put(new URL(ResponseURL), body).catch((error: Error) => error.message);
    if (failure === undefined) return;
    // The address is signed: whoever reads it in a log could answer in the function's place.
    if (attempt === ATTEMPTS) throw new Error(`CloudFormation could not be answered: ${failure}`);
    await pause(PAUSE);
  }
}

/**
 * Does what a custom resource is for, and tells CloudFormation whether it went well: without an answer it would wait for an
 * hour.
 *
 * @param name what a new resource is called; what is deleted keeps the name that it has
 * @param act returns what the template may ask the resource for, if anything
 */
export async function answerWith(
  event: CustomResourceEvent,
  name: string,
  act: () => Promise<CustomResourceAnswer['Data'] | undefined>,
): Promise<CustomResourceAnswer> {
  const known = event.RequestType === 'Delete' ? event.PhysicalResourceId : undefined;
  const PhysicalResourceId = known ?? name;
  const result = await act().then(
    (Data): CustomResourceAnswer => ({ Status: 'SUCCESS', PhysicalResourceId, ...(Data && { Data }) }),
    (error: unknown): CustomResourceAnswer => ({
      Status: 'FAILED',
      Reason: cut(error instanceof Error ? error.message : String(error)),
      PhysicalResourceId,
    }),
  );
  await answer(event, result);
  return result;
}

/** Returns what went wrong. */
function put(url: URL, body: string): Promise<string | undefined> {
  const send = SENDERS.get(url.protocol.slice(0, -1));
  if (!send) throw new Error('the address of the answer is none of HTTP');
  return new Promise((resolve, reject) => {
    send(url, {
      method: 'PUT',
      agent: false,
      // S3 compares the type with the signature, in which there is none, and takes no body of unknown length.
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(PATIENCE),
    })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? undefined : `its address answers ${response.statusCode}`);
      })
      .on('error', reject)
      .end(body);
  });
}

/** The beginning of a text, without half a character at its end. */
function cut(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, REASON_LENGTH), { stream: true });
}
