/** The parts of a load tool without type definitions that the benchmarks use. */
declare module 'autocannon' {
  interface LoadRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;

    /** Gives the request as it is sent this time. */
    readonly setupRequest?: (request: LoadRequest) => LoadRequest;
  }

  /** A connection; it sends its requests in turn, each after the answer to the one before. */
  interface Client {
    setRequests(requests: readonly LoadRequest[]): void;
  }

  interface Run extends PromiseLike<{ readonly errors: number; readonly timeouts: number }> {
    on(
      event: 'response',
      listener: (client: Client, status: number, bytes: number, milliseconds: number) => void,
    ): this;
  }

  /** Sends `amount` requests over all connections together, and waits for all answers. */
  export default function autocannon(options: {
    readonly url: string;
    readonly connections: number;
    readonly amount: number;
    /** Seconds. */
    readonly timeout: number;
    readonly setupClient: (client: Client) => void;
  }): Run;
}
