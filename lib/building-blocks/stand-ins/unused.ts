/**
 * In place of parts of libraries that no handler here uses. What is called nevertheless says so, instead of doing
 * something else than the library would.
 */
const unused = (part: string) => (): never => {
  throw new Error(`${part} is not in this bundle; lib/building-blocks/handler-bundles.ts takes it away`);
};

/** @smithy/core/event-streams: for operations that stream events, like S3 Select. The client asks for it when it is made. */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
export const eventStreamSerdeProvider = () => ({});
export const EventStreamSerde = unused('@smithy/core/event-streams');

/** @aws-sdk/endpoint-cache: for services that name their endpoints themselves, like Timestream. It is made, never asked. */
export class EndpointCache {
  readonly getEndpoint = unused('@aws-sdk/endpoint-cache');
}

/** @aws-lambda-powertools/jmespath: for idempotency keys that are taken out of an event with an expression. */
export const search = unused('@aws-lambda-powertools/jmespath');
export class PowertoolsFunctions {}
