import { Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as kms from 'aws-cdk-lib/aws-kms';
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
import { ApiWebAcl } from './api-web-acl';
import { addProblemResponses } from './problem-responses';
import { RequestModels } from './request-models';
import { SCOPE, type SignIn } from './sign-in';
import type { UsagePlan } from './usage-plan';

/** Properties of RestApiGateway. */
export interface RestApiGatewayProps extends ApiGatewayProps {
  /** Whether AWS WAF looks at the requests, and refuses those that did not come through CloudFront. */
  readonly webApplicationFirewall: boolean;

  /** Which secret CloudFront shows to the firewall. */
  readonly originSecretGeneration: number;

  /** Encrypts that secret. */
  readonly key?: kms.IKey;

  /** Whether API Gateway refuses bodies that do not have the right form, before the function is called. */
  readonly requestValidation: boolean;

  /** What the holder of the API key may use; without it no key is needed. */
  readonly usagePlan?: UsagePlan;

  /** Whether the account's role for API Gateway's logs is made. */
  readonly cloudWatchRole: boolean;
}

/** A REST API: the kind with a firewall, request validation, usage plans and API keys. */
export class RestApiGateway extends Construct implements ApiGateway {
  /** The API. */
  readonly api: apigateway.RestApi;

  /** The key that requests must bear, where there is a usage plan. */
  readonly apiKey?: apigateway.IApiKey;

  readonly origin: cloudfront.IOrigin;

  private authorizer?: apigateway.IAuthorizer;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestApiGatewayProps,
  ) {
    super(scope, id);
    this.api = this.createApi(props);
    addProblemResponses(this.api);
    const firewall = props.webApplicationFirewall
      ? new ApiWebAcl(this, 'Firewall', { ...props, stage: this.api.deploymentStage })
      : undefined;
    this.origin = apiOrigin(this.api.restApiId, props.stage, firewall?.header);
    this.apiKey = this.createApiKey(props.usagePlan);
    this.acknowledge();
  }

  serve(handler: lambda.IFunction, signIn?: SignIn): void {
    this.authorizer =
      signIn &&
      new apigateway.CognitoUserPoolsAuthorizer(this, 'SignIn', {
        cognitoUserPools: [signIn.directory.userPool],
      });
    const models = this.props.requestValidation
      ? new RequestModels(this, 'RequestModels', { api: this.api, fileRules: this.props.fileRules })
      : undefined;
    const integration = integrationOf(handler);
    for (const route of ROUTES) this.method(route, integration, models?.methodOptions(route.body));
  }

  addRoute(route: OwnRoute, handler: lambda.IFunction): void {
    this.method(route, integrationOf(handler));
  }

  addMonitoring(monitoring: Monitoring): void {
    const metric = (metricName: string) => ({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: this.api.restApiName, Stage: this.props.stage },
    });
    addApiMonitoring(monitoring, {
      requests: metric('Count'),
      clientErrors: metric('4XXError'),
      serverErrors: metric('5XXError'),
      latency: metric('Latency'),
    });
  }

  private method(
    { method: name, path }: OwnRoute,
    integration: apigateway.Integration,
    options?: apigateway.MethodOptions,
  ): void {
    const { authorizer } = this;
    const method = this.api.root.resourceForPath(path).addMethod(name, integration, {
      apiKeyRequired: this.props.usagePlan !== undefined,
      ...options,
      // With scopes, an access token is asked for; without, an identity token.
      ...(authorizer && { authorizer, authorizationScopes: [SCOPE] }),
    });
    if (authorizer) return;
    for (const rule of ['APIG4', 'COG4']) {
      Validations.of(method).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason: OPEN_TO_ALL });
    }
  }

  private createApi({ cloudWatchRole, profile, stage, throttle }: RestApiGatewayProps): apigateway.RestApi {
    const keep = { retention: profile.logRetention, removalPolicy: profile.removalPolicy };
    const accessLog = new logs.LogGroup(this, 'AccessLog', keep);
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: apiName(this),
      description: `The document desk, ${stage}`,
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      cloudWatchRole,
      cloudWatchRoleRemovalPolicy: cloudWatchRole ? profile.removalPolicy : undefined,
      deployOptions: {
        stageName: stage,
        throttlingRateLimit: throttle.rateLimit,
        throttlingBurstLimit: throttle.burstLimit,
        tracingEnabled: true,
        metricsEnabled: profile.detailedMonitoring,
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
        accessLogFormat: apigateway.AccessLogFormat.custom(
          JSON.stringify({
            ...ACCESS_LOG_FIELDS,
            resourcePath: '$context.resourcePath',
            error: '$context.error.message',
            firewall: '$context.wafResponseCode',
          }),
        ),
      },
    });
    // aws-cdk-lib's own output: nobody calls the API there, and with a firewall nobody can.
    api.node.tryRemoveChild('Endpoint');
    // API Gateway would make it itself, without a retention and outside of the stack.
    const executionLog = new logs.LogGroup(this, 'ExecutionLog', {
      ...keep,
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${stage}`,
    });
    api.deploymentStage.node.addDependency(executionLog);
    return api;
  }

  private createApiKey(usagePlan?: UsagePlan): apigateway.IApiKey | undefined {
    if (!usagePlan) return undefined;
    const key = this.api.addApiKey('ApiKey', { description: 'Opens the document desk' });
    const plan = this.api.addUsagePlan('UsagePlan', {
      ...usagePlan,
      apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
    });
    plan.addApiKey(key);
    return key;
  }

  private acknowledge(): void {
    const { requestValidation, webApplicationFirewall } = this.props;
    const logRole = this.api.node.tryFindChild('CloudWatchRole');
    if (logRole) {
      Validations.of(logRole).acknowledge({
        id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason:
          "The role is one for all APIs of the account, and AWS's own policy is what API Gateway asks for.",
      });
    }
    if (!requestValidation) {
      Validations.of(this.api).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG2',
        reason: 'The function checks each body by a schema; requestValidation lets API Gateway do it before.',
      });
    }
    if (!webApplicationFirewall) {
      Validations.of(this.api.deploymentStage).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG3',
        reason:
          'A web ACL is paid for by the month: the sandbox does without, the production profile has one.',
      });
    }
  }
}

function integrationOf(handler: lambda.IFunction): apigateway.Integration {
  return new apigateway.LambdaIntegration(handler, { allowTestInvoke: false });
}
