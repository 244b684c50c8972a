import { type Resource, resourcesOf, type StackTemplate, theOnly } from './apps';
import { textOf } from './fleet';

/** The routes that there are, in the order of their keys. */
export const ROUTES = [
  'DELETE /documents/{id}',
  'GET /documents',
  'GET /documents/{id}',
  'POST /documents',
  'POST /documents/{id}/upload',
  'PUT /documents/{id}',
];

/** A route of an API of either kind. */
export interface ApiRoute {
  /** Like `GET /documents`. */
  readonly key: string;

  /** The logical id of the route, or of a REST API's method. */
  readonly id: string;

  /** What tells who may: NONE, JWT or COGNITO_USER_POOLS. */
  readonly authorization: unknown;
  readonly authorizer: unknown;
  readonly scopes: unknown;
  readonly apiKeyRequired: boolean;

  /** What answers, as text. */
  readonly target: string;
  readonly properties: Resource['Properties'];
}

/** All routes of a template's API in the order of their keys. */
export function apiRoutesOf(template: StackTemplate): ApiRoute[] {
  const routes = [...httpRoutesOf(template), ...restRoutesOf(template)];
  return routes.sort((one, other) => one.key.localeCompare(other.key));
}

function httpRoutesOf(template: StackTemplate): ApiRoute[] {
  return Object.entries(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(([id, { Properties }]) => {
    const integration = /<(\w+)>$/.exec(textOf(Properties.Target))?.[1] ?? '';
    const { IntegrationUri, IntegrationType } = template.Resources[integration]?.Properties ?? {};
    return {
      key: String(Properties.RouteKey),
      id,
      authorization: Properties.AuthorizationType,
      authorizer: Properties.AuthorizerId,
      scopes: Properties.AuthorizationScopes,
      apiKeyRequired: Properties.ApiKeyRequired === true,
      target: `${IntegrationType} ${textOf(IntegrationUri)}`,
      properties: Properties,
    };
  });
}

function restRoutesOf(template: StackTemplate): ApiRoute[] {
  return Object.entries(resourcesOf(template, 'AWS::ApiGateway::Method')).map(([id, { Properties }]) => {
    const { Type, Uri } = Properties.Integration as { Type: string; Uri: unknown };
    const invoked = /functions\/(<\w+\.Arn>)\/invocations$/.exec(textOf(Uri))?.[1];
    return {
      key: `${Properties.HttpMethod} ${pathOf(template, Properties.ResourceId)}`,
      id,
      authorization: Properties.AuthorizationType,
      authorizer: Properties.AuthorizerId,
      scopes: Properties.AuthorizationScopes,
      apiKeyRequired: Properties.ApiKeyRequired === true,
      target: `${Type} ${invoked}`,
      properties: Properties,
    };
  });
}

/** The path of a REST API's resource, which knows its parent and its own part. */
function pathOf(template: StackTemplate, resource: unknown): string {
  const { Ref } = resource as { Ref?: string };
  const found = Ref === undefined ? undefined : template.Resources[Ref];
  if (!found) return '';
  return `${pathOf(template, found.Properties.ParentId)}/${found.Properties.PathPart}`;
}

/** The paths under which API Gateway may call a function, as `<method> <path>`; `*` is any. */
export function permittedRoutesOf(template: StackTemplate): string[] {
  const permitted = Object.values(resourcesOf(template, 'AWS::Lambda::Permission')).map(({ Properties }) => {
    const { Action, Principal, SourceArn } = Properties;
    if (Action !== 'lambda:InvokeFunction' || Principal !== 'apigateway.amazonaws.com') {
      throw new Error(`${Principal} may ${Action}`);
    }
    const [, , method = '', ...path] = textOf(SourceArn).split(':').at(-1)?.split('/') ?? [];
    return `${method} /${path.join('/')}`;
  });
  return [...new Set(permitted)].sort();
}

/** The stage of a template's API, whatever its kind. */
export function apiStageOf(template: StackTemplate): Resource & { readonly id: string } {
  const type = Object.keys(resourcesOf(template, 'AWS::ApiGateway::Stage')).length > 0 ? '' : 'V2';
  return theOnly(template, `AWS::ApiGateway${type}::Stage`);
}
