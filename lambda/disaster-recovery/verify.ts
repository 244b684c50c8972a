import { ask } from '../shared/ask';
import { readVariable, requireVariable } from '../shared/environment';
import { NamedError } from '../shared/named-error';
import { SENDERS } from '../shared/senders';

/** Whom to ask. */
export interface VerifyEvent {
  /** The DNS name of a load balancer; a port may follow it. */
  readonly address: string;
}

/** What a system that serves says. */
export interface VerifyResult {
  readonly status: 200;

  /** From the question to the head of the answer. */
  readonly milliseconds: number;
}

/** How long an answer may take from the question on, in seconds. */
const PATIENCE = 10;

const protocol = requireVariable('PROTOCOL');
const host = readVariable('HOST');
const path = requireVariable('CHECK_PATH');
const send = SENDERS.get(protocol) ?? refuse(protocol);

/**
 * Asks a load balancer for a page, as a client does that knows the system by its domain name. It calls no service of AWS,
 * so that it works in a network without a way out.
 *
 * @throws NotServing where the answer is another than 200, or where there is none within 10 seconds
 */
export async function handler({ address }: VerifyEvent): Promise<VerifyResult> {
  if (typeof address !== 'string' || !/^[\w.-]+(:\d+)?$/.test(address)) {
    throw new Error(`the event's address is ${JSON.stringify(address)}, and not a DNS name`);
  }
  const url = new URL(path, `${protocol}://${address}`);
  const begin = performance.now();
  const head = ask(send, url, host, PATIENCE, (response) => response.destroy());
  const { headers, statusCode } = await head.catch((error: NodeJS.ErrnoException) => {
    // Where a name has several addresses and none of them answers, the error has no message of its own.
    throw new NamedError('NotServing', `${url} did not answer: ${error.message || error.code}`, {
      cause: error,
    });
  });
  if (statusCode !== 200) {
    const target = headers.location ? `, which leads to ${headers.location}` : '';
    throw new NamedError('NotServing', `${url} answered ${statusCode}${target}`);
  }
  return { status: 200, milliseconds: Math.round(performance.now() - begin) };
}

function refuse(name: string): never {
  throw new Error(`the environment variable PROTOCOL is ${name}, and not http or https`);
}
