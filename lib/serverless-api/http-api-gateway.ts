import { Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Monitoring } from '../building-blocks/monitoring';
import {
  ACCESS_LOG_FIELDS,
  type ApiGateway,
  type ApiGatewayProps,
  apiName,
  OPEN_TO_ALL,
  type OwnRoute,
  ROUTES,
} from './api-gateway';
import { addApiMonitoring } from './api-monitoring';
import { apiOrigin } from './api-origin';
import { SCOPE, type SignIn } from './sign-in';

/** An HTTP API: the cheaper and faster kind, which has no firewall, no request validation and no API keys. */
export class HttpApiGateway extends Construct implements ApiGateway {
  /** The API. */
  readonly api: apigatewayv2.HttpApi;

  readonly origin: cloudfront.IOrigin;

  private readonly stage: apigatewayv2.HttpStage;
  private authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  constructor(scope: Construct, id: string, props: ApiGatewayProps) {
    super(scope, id);
    const { profile, stage, throttle } = props;
    this.api = new apigatewayv2.HttpApi(this, 'Api', {
      apiName: apiName(this),
      description: `The document desk, ${stage}`,
      createDefaultStage: false,
    });
    const logGroup = new logs.LogGroup(this, 'AccessLog', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    this.stage = new apigatewayv2.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: stage,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new apigatewayv2.LogGroupLogDestination(logGroup),
        format: apigateway.AccessLogFormat.custom(
          JSON.stringify({
            ...ACCESS_LOG_FIELDS,
            routeKey: '$context.routeKey',
            error: '$context.error.message',
          }),
        ),
      },
    });
    this.origin = apiOrigin(this.api.apiId, stage);
  }

  serve(handler: lambda.IFunction, signIn?: SignIn): void {
    const integration = new integrations.HttpLambdaIntegration('Function', handler);
    this.authorizer =
      signIn &&
      new authorizers.HttpJwtAuthorizer('SignIn', signIn.directory.authority, {
        jwtAudience: [signIn.client.userPoolClientId],
      });
    // The function tells what there is not, too: API Gateway's own words can't be changed.
    for (const routeKey of [...ROUTES.map(keyOf), apigatewayv2.HttpRouteKey.DEFAULT]) {
      this.route(routeKey, integration);
    }
  }

  addRoute(route: OwnRoute, handler: lambda.IFunction): void {
    this.route(keyOf(route), new integrations.HttpLambdaIntegration('Function', handler));
  }

  addMonitoring(monitoring: Monitoring): void {
    const metric = (name: string) => ({
      namespace: 'AWS/ApiGateway',
      metricName: name,
      dimensionsMap: { ApiId: this.api.apiId, Stage: this.stage.stageName },
    });
    addApiMonitoring(monitoring, {
      requests: metric('Count'),
      clientErrors: metric('4xx'),
      serverErrors: metric('5xx'),
      latency: metric('Latency'),
    });
  }

  private route(routeKey: apigatewayv2.HttpRouteKey, integration: apigatewayv2.HttpRouteIntegration): void {
    const { authorizer } = this;
    const route = new apigatewayv2.HttpRoute(this, routeKey.key, {
      httpApi: this.api,
      routeKey,
      integration,
      authorizer,
      // An identity token has no scopes, so that it is not taken for an access token.
      authorizationScopes: authorizer ? [SCOPE] : undefined,
    });
    if (authorizer) return;
    Validations.of(route).acknowledge({ id: 'AwsSolutions::AwsSolutions-APIG4', reason: OPEN_TO_ALL });
  }
}

function keyOf({ method, path }: OwnRoute): apigatewayv2.HttpRouteKey {
  return apigatewayv2.HttpRouteKey.with(path, apigatewayv2.HttpMethod[method]);
}
