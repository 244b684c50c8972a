import { Stack } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import type { Profile } from '../profile';
import type { FileRules } from './file-rules';
import type { SignIn } from './sign-in';
import type { Stage } from './stage';

/** How many requests the API takes. */
export interface Throttle {
  /** Requests a second, 1 or more. */
  readonly rateLimit: number;

  /** Requests at once, 1 or more. */
  readonly burstLimit: number;
}

/** Properties of both kinds of API. */
export interface ApiGatewayProps {
  readonly stage: Stage;
  readonly throttle: Throttle;
  readonly fileRules: FileRules;
  readonly profile: Profile;
}

/** An API, and the way to it. */
export interface ApiGateway {
  /** The API as an origin of CloudFront. */
  readonly origin: cloudfront.IOrigin;

  /** Hands all routes to the function, for those who may. */
  serve(handler: lambda.IFunction, signIn?: SignIn): void;

  /**
   * Adds a route of your own, for those who may use the others. CloudFront has it under `/api`.
   *
   * @param route its path begins with a slash, and names what varies in braces: `/hello/{name}`
   * @param handler the function that answers it
   */
  addRoute(route: OwnRoute, handler: lambda.IFunction): void;

  /** Adds what the API's users notice. */
  addMonitoring(monitoring: Monitoring): void;
}

/** Which body a route expects. */
export type BodyName = 'document' | 'upload';

/** What the API takes. */
export interface Route {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly path: string;

  /** @default - none */
  readonly body?: BodyName;
}

/** A route of the user's own. */
export type OwnRoute = Omit<Route, 'body'>;

/** All routes. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/documents' },
  { method: 'POST', path: '/documents', body: 'document' },
  { method: 'GET', path: '/documents/{id}' },
  { method: 'PUT', path: '/documents/{id}', body: 'document' },
  { method: 'DELETE', path: '/documents/{id}' },
  { method: 'POST', path: '/documents/{id}/upload', body: 'upload' },
];

/** Why routes without sign-in are no oversight. */
export const OPEN_TO_ALL =
  'Nobody signs in here, as in a sandbox: authentication, which production has, closes every route.';

/** What is logged of each request; the names are API Gateway's. */
export const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  requestTime: '$context.requestTime',
  protocol: '$context.protocol',
  httpMethod: '$context.httpMethod',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationErrorMessage: '$context.integrationErrorMessage',
};

/** A name that no other API of the account and region has: CloudWatch tells REST APIs apart by nothing else. */
export function apiName(scope: Construct): string {
  return `${Stack.of(scope).stackName}-${scope.node.addr.slice(-8)}`;
}
