import { operationOf, type ServiceAnswer, type ServiceRequest } from './local-service';

/** What a fake service makes of a request's input. */
export type FakeOperation = (input: Record<string, unknown>) => object;

/** The operations of a fake service that speaks JSON, by their names. */
export type FakeOperations = Readonly<Record<string, FakeOperation>>;

/** An error of a fake service, by the name that AWS gives it. */
export class FakeFailure extends Error {
  constructor(
    override readonly name: string,
    message = `It says ${name}.`,
  ) {
    super(message);
  }
}

/** Answers like services that speak JSON; what they do not know, they refuse. */
export function answerJson(request: ServiceRequest, operations: FakeOperations): ServiceAnswer {
  const { input, operation = '' } = operationOf(request);
  try {
    const act = operations[operation];
    if (!act) throw new FakeFailure('UnknownOperationException', `nobody answers to ${operation}`);
    return { body: act(input as Record<string, unknown>) };
  } catch (error) {
    if (!(error instanceof FakeFailure)) throw error;
    return { status: 400, body: { __type: error.name, message: error.message } };
  }
}

/** The operation of a request of the query protocol, and its parameters. */
export function queryOf({ body }: ServiceRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}

/** An answer in XML. */
export const xml = (body: string, status = 200): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body,
});

/** An error of the query protocol. */
export const xmlError = (code: string, message: string, status = 400): ServiceAnswer =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
