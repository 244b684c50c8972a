import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** `$context.error.messageString` comes with its quotes. */
const MESSAGE = '$context.error.messageString';

/**
 * Makes API Gateway's own answers of a REST API the same kind as the function's: `application/problem+json` with the
 * correlation id (RFC 9457). An HTTP API's can't be changed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function addProblemResponses(api: RestApi): void {
  const add = (id: string, type: ResponseType, title: string, detail = MESSAGE, statusCode?: string) =>
    api.addGatewayResponse(id, {
      type,
      statusCode,
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        'Cache-Control': "'no-store'",
        'x-correlation-id': 'context.requestId',
      },
      templates: {
        'application/json': `{"type":"about:blank","title":"${title}","detail":${detail},"correlationId":"$context.requestId"}`,
      },
    });
  add('Refused', ResponseType.DEFAULT_4XX, '$context.error.responseType');
  add('Failed', ResponseType.DEFAULT_5XX, '$context.error.responseType');
  add('BadBody', ResponseType.BAD_REQUEST_BODY, 'Bad Request', '"The body does not have the right form."');
  // What API Gateway says of a path that it does not know is about tokens, and misleads.
  add('NoRoute', ResponseType.MISSING_AUTHENTICATION_TOKEN, 'Not Found', '"There is no such route."', '404');
}
