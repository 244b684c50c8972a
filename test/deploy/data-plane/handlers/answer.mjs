/** Answers with what reached it, in the form that both HTTP and REST APIs take. */
export async function handler(event) {
  const { version = '1.0', rawPath, path, body, isBase64Encoded, requestContext } = event;
  return {
    statusCode: 201,
    headers: { 'content-type': 'application/json', 'x-payload-version': version },
    body: JSON.stringify({
      method: requestContext.http?.method ?? event.httpMethod,
      path: rawPath ?? path,
      name: event.pathParameters?.name,
      color: event.queryStringParameters?.color,
      body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
    }),
  };
}
