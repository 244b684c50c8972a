/**
 * Starts a function's code as Lambda's runtime for Node.js does: loads node:http, requires index.js, gets an event from the
 * Runtime API, calls `handler` and posts its answer. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const { Agent, request } = require('node:http');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: `/2018-06-01/runtime/${path}`, method, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ headers: response.headers, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

const describe = ({ name, message, stack }) =>
  JSON.stringify({ errorType: name, errorMessage: message, trace: `${stack}`.split('\n') });

async function start() {
  const { handler } = require(`${process.env.LAMBDA_TASK_ROOT}/index.js`);
  const { headers, text } = await call('GET', 'invocation/next');
  const id = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
  };
  try {
    const answer = await handler(JSON.parse(text), context);
    await call('POST', `invocation/${id}/response`, JSON.stringify(answer) ?? 'null');
  } catch (error) {
    await call('POST', `invocation/${id}/error`, describe(error));
  }
}

start()
  .catch((error) => call('POST', 'init/error', describe(error)))
  .then(() => process.exit());
