import assert from 'node:assert/strict';
import { type DistributionConfig, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { type FunctionConfiguration, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { DeployedStack } from '../../support/stacks';
import { view } from './viewer';

/** The functions of the document desk, as its logs and metrics name them. */
export type Service = 'api' | 'uploads' | 'clean-up';

/** A function of the desk: by its service, since the stack also has those of aws-cdk-lib. */
export async function functionOf({ aws, idsOf }: DeployedStack, service: Service): Promise<DeskFunction> {
  const functions = await Promise.all(
    (await idsOf('AWS::Lambda::Function')).map((FunctionName) =>
      aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    ),
  );
  const found = functions.find(
    ({ Environment }) => Environment?.Variables?.POWERTOOLS_SERVICE_NAME === service,
  );
  const { TABLE_NAME = '', BUCKET_NAME = '' } = found?.Environment?.Variables ?? {};
  const logGroup = found?.LoggingConfig?.LogGroup;
  if (!found?.FunctionName || !found.FunctionArn || !logGroup) throw new Error(`there is no ${service}`);
  return {
    name: found.FunctionName,
    arn: found.FunctionArn,
    logGroup,
    table: TABLE_NAME,
    bucket: BUCKET_NAME,
    configuration: found,
  };
}

/** A function, and the data that it works with. */
export interface DeskFunction {
  readonly name: string;
  readonly arn: string;
  readonly logGroup: string;
  readonly table: string;
  readonly bucket: string;
  readonly configuration: FunctionConfiguration;
}

/** The distribution in front of site and API. */
export async function frontOf({ aws, idOf }: DeployedStack): Promise<Front> {
  const { Distribution } = await aws.cloudFront.send(
    new GetDistributionCommand({ Id: await idOf('AWS::CloudFront::Distribution') }),
  );
  const { ARN, DistributionConfig, DomainName } = Distribution ?? {};
  if (!ARN || !DistributionConfig || !DomainName)
    throw new Error('CloudFront does not know the distribution');
  return { arn: ARN, config: DistributionConfig, name: DomainName };
}

interface Front {
  readonly arn: string;
  readonly config: DistributionConfig;

  /** CloudFront's own name. */
  readonly name: string;
}

/** What is sent along with a request. */
export interface Asked {
  /** A body, as JSON. */
  readonly json?: unknown;

  /** A body as it is. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** Asks the API as the site's page does: by way of CloudFront, under `/api`. */
export type Ask = (method: string, path: string, asked?: Asked) => Promise<Response>;

/** Who asks. */
export interface Caller {
  /** @default - nobody has signed in */
  readonly token?: string;

  /** @default - none is shown */
  readonly apiKey?: string;
}

/** The way to the API for somebody. */
export async function apiFor(stack: DeployedStack, { apiKey, token }: Caller = {}): Promise<Ask> {
  const { name } = await frontOf(stack);
  return (method, path, { headers, json, text } = {}) => {
    const body = json === undefined ? text : JSON.stringify(json);
    return view(stack.aws, name, `/api${path}`, {
      method,
      body,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(apiKey !== undefined && { 'x-api-key': apiKey }),
        ...headers,
      },
    });
  };
}

/** The JSON of an answer of this status. */
export async function jsonOf<T>(answer: Response, status = 200): Promise<T> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return JSON.parse(text) as T;
}

/** An error as RFC 9457 has it. */
export interface ProblemDetails {
  readonly detail: string;
  readonly correlationId: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Shows that an answer is an error of this status, in the form of all errors, and gives it. */
export async function problemOf(answer: Response, status: number): Promise<ProblemDetails> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', text);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const problem = JSON.parse(text) as ProblemDetails & { type?: string };
  assert.equal(problem.type, 'about:blank');
  assert.ok(problem.detail, text);
  assert.ok(problem.correlationId, text);
  assert.equal(answer.headers.get('x-correlation-id'), problem.correlationId);
  return problem;
}
