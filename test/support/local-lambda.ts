import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import type { HandlerCall } from './handler-calls';

const RUNTIME = join(__dirname, 'lambda-runtime.cjs');
const REGION = 'ap-northeast-1';
const SESSION_TOKEN = 'not-a-token';
const REQUEST_ID = '8476a536-e9f4-11e8-9739-2dfe598c3fcd';

/** In an event, the place of the address at which everything on the loopback is served. */
const OWN_ADDRESS = /\$\{address\}/g;

/** In an environment, the place of the port of that address. */
const OWN_PORT = /\$\{port\}/;

/** A task definition with one container. */
const TASK_DEFINITION = {
  taskDefinitionArn: `arn:aws:ecs:${REGION}:123456789012:task-definition/board-notices:1`,
  family: 'board-notices',
  containerDefinitions: [
    { name: 'app', image: `123456789012.dkr.ecr.${REGION}.amazonaws.com/notices:1111111` },
  ],
  registeredAt: 1795251600,
};

/** What services of the query protocol say to their operations. */
const QUERY_ANSWERS: Readonly<Record<string, { readonly status: number; readonly body: string }>> = {
  DescribeNetworkInterfaces: {
    status: 200,
    body: '<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><privateIpAddress>127.0.0.1</privateIpAddress><status>in-use</status></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>',
  },
  DescribeStackResource: {
    status: 400,
    body: '<ErrorResponse><Error><Code>ValidationError</Code><Message>Resource Any does not exist for stack any</Message></Error></ErrorResponse>',
  },
};

/** What services say to operations that they tell apart by a header; others get an empty object. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  Query: { Count: 0, Items: [], ScannedCount: 0 },
  Scan: { Count: 0, Items: [], ScannedCount: 0 },
  GetParameter: { Parameter: { Value: REGION } },
  DescribeServices: { services: [{ status: 'ACTIVE', taskDefinition: TASK_DEFINITION.taskDefinitionArn }] },
  DescribeTaskDefinition: { taskDefinition: TASK_DEFINITION },
  RegisterTaskDefinition: { taskDefinition: TASK_DEFINITION },
  StartExecution: { executionArn: `arn:aws:states:${REGION}:123456789012:execution:machine:execution` },
};

/** A vault with one database, and nothing else. */
const RECOVERY_POINTS = {
  RecoveryPoints: [
    {
      RecoveryPointArn: `arn:aws:rds:${REGION}:123456789012:snapshot:awsbackup:copyjob-1`,
      Status: 'COMPLETED',
      CreationDate: 1795251600,
    },
  ],
};

/** What came of a call. */
export interface Outcome {
  /** The handler's answer, if it came to one. */
  readonly answer?: unknown;

  /** What it threw, or what kept it from being loaded. */
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace: string[] };

  /** From the start of the process to its answer. */
  readonly milliseconds: number;

  /** What the process wrote. */
  readonly output: string;
}

/** Runs a function's code in fresh processes, with Lambda's Runtime API and an AWS that holds next to nothing on the loopback, where a page under /public/ is for everyone. */
export class LocalLambda {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<LocalLambda> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LocalLambda(server);
  }

  close(): void {
    this.server.close();
  }

  /**
   * Starts a process and gives it one event.
   *
   * @param folder where index.js is
   * @param call the event, in which `${address}` is host and port of the loopback's servers, and the milliseconds that the
   * function has left
   * @param environment the function's own variables, in which `${port}` is the port of the loopback's servers
   */
  async call(
    folder: string,
    call: Pick<HandlerCall, 'event' | 'timeLeft'>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const address = this.server.address();
    if (!address || typeof address === 'string') throw new Error('The local Lambda is closed');
    const host = `127.0.0.1:${address.port}`;
    let posted: Pick<Outcome, 'answer' | 'error' | 'milliseconds'> | undefined;
    const begin = performance.now();
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const end = performance.now();
      serve(request, response, call).then((post) => {
        posted ??= post && { ...post, milliseconds: end - begin };
      });
    };
    this.server.on('request', listener);
    try {
      const own = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(OWN_PORT, `${address.port}`),
      ]);
      const output = await run(folder, { ...Object.fromEntries(own), ...lambdaEnvironment(folder, host) });
      if (!posted) throw new Error(`The process ended without an answer:\n${output}`);
      return { ...posted, output };
    } finally {
      this.server.off('request', listener);
    }
  }
}

/** Exactly what Lambda sets, so that nothing of this machine's environment helps. */
const lambdaEnvironment = (folder: string, host: string) => ({
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_SESSION_TOKEN: SESSION_TOKEN,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ENDPOINT_URL: `http://${host}`,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_FUNCTION_NAME: 'function',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_RUNTIME_API: host,
  LAMBDA_TASK_ROOT: folder,
  // As NodeFunction sets it.
  NODE_OPTIONS: '--enable-source-maps',
  TZ: ':UTC',
});

async function run(folder: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [RUNTIME], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return out + error;
}

/** Answers a request, and returns what it brought if it ended the call. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { event, timeLeft = 30_000 }: Pick<HandlerCall, 'event' | 'timeLeft'>,
): Promise<{ answer: unknown } | { error: Outcome['error'] & object } | undefined> {
  const body = await text(request);
  const path = `${request.url}`;
  if (path.startsWith('/public/')) {
    response.end();
    return undefined;
  }
  if (!path.startsWith('/2018-06-01/runtime/')) return answerAsAws(request, response, body);
  if (path.endsWith('/invocation/next')) {
    response.setHeader('lambda-runtime-aws-request-id', REQUEST_ID);
    response.setHeader('lambda-runtime-deadline-ms', Date.now() + timeLeft);
    response.setHeader(
      'lambda-runtime-invoked-function-arn',
      `arn:aws:lambda:${REGION}:123456789012:function:function`,
    );
    response.setHeader('lambda-runtime-trace-id', 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0');
    response.end(JSON.stringify(event).replace(OWN_ADDRESS, `${request.headers.host}`));
    return undefined;
  }
  response.writeHead(202).end();
  return path.endsWith('/response') ? { answer: JSON.parse(body) } : { error: JSON.parse(body) };
}

/** Services that hold next to nothing, for those who sign with the function's credentials. */
function answerAsAws(
  { headers, method, url }: IncomingMessage,
  response: ServerResponse,
  body: string,
): undefined {
  if (
    !headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/') ||
    headers['x-amz-security-token'] !== SESSION_TOKEN
  ) {
    response.writeHead(403).end();
    return undefined;
  }
  const operation = `${headers['x-amz-target'] ?? ''}`.split('.')[1];
  const asked = QUERY_ANSWERS[new URLSearchParams(body).get('Action') ?? ''];
  if (operation) {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(ANSWERS[operation] ?? {}));
  } else if (asked) {
    response.writeHead(asked.status, { 'content-type': 'text/xml' }).end(asked.body);
  } else if (url?.startsWith('/backup-vaults/')) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(url.includes('resourceType=RDS') ? RECOVERY_POINTS : {}));
  } else if (url?.includes('list-type=2') || url?.includes('?delete')) {
    response.setHeader('content-type', 'application/xml');
    response.end(method === 'GET' ? '<ListBucketResult/>' : '<DeleteResult/>');
  } else {
    response.statusCode = method === 'DELETE' ? 204 : 404;
    response.end();
  }
  return undefined;
}
