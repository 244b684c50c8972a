import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CognitoUserPoolsAuthorizer, LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { OAuthScope, UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { silenceProviders } from '../../../lib/building-blocks/silent-providers';

const FOLDER = join('test', 'deploy', 'data-plane');

/** The files that are uploaded by the deployment. */
export const FILES_FOLDER = join(FOLDER, 'files');

/** Where they are uploaded to. */
export const FILES_PREFIX = 'site/';

/** Objects whose keys begin with this are reported. */
export const WATCHED_PREFIX = 'incoming/';

/** Events from here are matched by the rule. */
export const EVENT_SOURCE = 'shop.orders';

/** How often a message is tried before it goes to the dead-letter queue. */
export const MAX_RECEIVE_COUNT = 2;

/** The data plane that patterns rely on, without any pattern: each function tells a queue what it was called with. */
export class DataPlaneStack extends Stack {
  private readonly reports: Queue;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.reports = new Queue(this, 'Reports');
    this.output('ReportsQueueUrl', this.reports.queueUrl);
    this.addApis();
    this.addQueue();
    this.addRule();
    this.addBucket();
    silenceProviders(this);
  }

  private addApis(): void {
    const answer = this.addFunction('Answer', 'answer');
    const httpApi = new HttpApi(this, 'HttpApi');
    const integration = new HttpLambdaIntegration('Answer', answer);
    httpApi.addRoutes({ path: '/things/{name}', methods: [HttpMethod.POST], integration });
    const restApi = new LambdaRestApi(this, 'RestApi', { handler: answer, proxy: false });
    restApi.root.addResource('things').addResource('{name}').addMethod('POST');
    this.addSignIn(httpApi, integration, restApi);
    this.output('HttpApiId', httpApi.httpApiId);
    this.output('RestApiId', restApi.restApiId);
    this.output('RestApiStage', restApi.deploymentStage.stageName);
  }

  /** Whoever has signed in may ask for `/mine`. */
  private addSignIn(httpApi: HttpApi, integration: HttpLambdaIntegration, restApi: LambdaRestApi): void {
    const pool = new UserPool(this, 'Pool', {
      signInAliases: { email: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const client = pool.addClient('Client', {
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: ['https://site.example.com/'],
      },
    });
    const authorizationScopes = [OAuthScope.OPENID.scopeName];
    httpApi.addRoutes({
      path: '/mine',
      methods: [HttpMethod.GET],
      integration,
      authorizer: new HttpJwtAuthorizer('Jwt', pool.userPoolProviderUrl, {
        jwtAudience: [client.userPoolClientId],
      }),
      authorizationScopes,
    });
    restApi.root.addResource('mine').addMethod('GET', undefined, {
      authorizer: new CognitoUserPoolsAuthorizer(this, 'Authorizer', { cognitoUserPools: [pool] }),
      authorizationScopes,
    });
  }

  private addQueue(): void {
    const deadLetters = new Queue(this, 'DeadLetters');
    const timeout = Duration.seconds(3);
    const work = new Queue(this, 'Work', {
      visibilityTimeout: timeout,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    const consumer = this.addFunction('Consumer', 'consume', timeout);
    // One at a time, so that a poisonous message takes no other with it.
    consumer.addEventSource(new SqsEventSource(work, { batchSize: 1 }));
    this.reports.grantSendMessages(consumer);
    this.output('WorkQueueUrl', work.queueUrl);
    this.output('DeadLettersQueueUrl', deadLetters.queueUrl);
  }

  private addRule(): void {
    const noteEvent = this.addFunction('NoteEvent', 'note-event');
    this.reports.grantSendMessages(noteEvent);
    new Rule(this, 'Rule', {
      eventPattern: { source: [EVENT_SOURCE], detail: { total: [{ numeric: ['>', 100] }] } },
      targets: [
        new targets.LambdaFunction(noteEvent),
        new targets.SqsQueue(this.reports, {
          message: RuleTargetInput.fromObject({
            by: 'rule, by queue',
            what: { order: EventField.fromPath('$.detail.order') },
          }),
        }),
      ],
    });
  }

  private addBucket(): void {
    const bucket = new Bucket(this, 'Bucket', {
      autoDeleteObjects: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const noteObject = this.addFunction('NoteObject', 'note-object');
    this.reports.grantSendMessages(noteObject);
    bucket.addObjectCreatedNotification(new LambdaDestination(noteObject), { prefix: WATCHED_PREFIX });
    new BucketDeployment(this, 'Files', {
      sources: [Source.asset(FILES_FOLDER), Source.jsonData('where.json', { bucket: bucket.bucketName })],
      destinationBucket: bucket,
      destinationKeyPrefix: FILES_PREFIX,
      logGroup: this.addLogGroup('FilesLogs'),
    });
    this.output('BucketName', bucket.bucketName);
  }

  private addFunction(id: string, file: string, timeout = Duration.seconds(10)): lambda.Function {
    return new lambda.Function(this, id, {
      runtime: lambda.Runtime.NODEJS_24_X,
      code: lambda.Code.fromAsset(join(FOLDER, 'handlers')),
      handler: `${file}.handler`,
      timeout,
      environment: { REPORTS_QUEUE_URL: this.reports.queueUrl },
      logGroup: this.addLogGroup(`${id}Logs`),
    });
  }

  private addLogGroup(id: string): LogGroup {
    return new LogGroup(this, id, {
      retention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
