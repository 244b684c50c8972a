import { type Size, TimeZone } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { addDistributionGraphs } from '../building-blocks/distribution-graphs';
import { Monitoring, type MonitoringProps } from '../building-blocks/monitoring';
import { Problems } from '../building-blocks/problems';
import { addSiteRecords, type SiteDomain } from '../building-blocks/site-domain';
import { StaticContent } from '../building-blocks/static-content';
import { PRODUCTION, type Profile } from '../profile';
import { ApiFunction } from './api-function';
import type { ApiGateway, ApiGatewayProps, Throttle } from './api-gateway';
import { type ApiKindOptions, apiKind } from './api-kind';
import { checkProps } from './check-props';
import { CleanUpFunction } from './clean-up-function';
import type { Desk } from './desk';
import { DeskDistribution } from './desk-distribution';
import { addDeskMonitoring } from './desk-monitoring';
import { DocumentTable } from './document-table';
import { FileBucket } from './file-bucket';
import { FILE_RULES } from './file-rules';
import type { FunctionSettings } from './function-settings';
import { HttpApiGateway } from './http-api-gateway';
import { RestApiGateway } from './rest-api-gateway';
import { SignIn } from './sign-in';
import { uploadSite } from './site-upload';
import type { Stage } from './stage';
import { UploadFunction } from './upload-function';
import { UserDirectory } from './user-directory';

/** Properties of ServerlessApi. */
export interface ServerlessApiProps extends ApiKindOptions, FunctionSettings, MonitoringProps, SiteDomain {
  /**
   * What the environment trades between safety and cost.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * What the API is for. Each stage is a stack of its own, with data of its own: there is no backend that stages share.
   *
   * @default 'prod'
   */
  readonly stage?: Stage;

  /**
   * Whether people must sign in. Each then has documents of their own; otherwise everyone shares all of them.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly authentication?: boolean;

  /**
   * An existing user pool. Required with `userPoolDomain`, and rejected where nobody signs in.
   *
   * @default - a new one
   */
  readonly userPool?: cognito.IUserPool;

  /**
   * The existing pool's domain with the managed login pages; a prefix of Cognito's own domain. Required with `userPool`.
   *
   * @default - a new one
   */
  readonly userPoolDomain?: cognito.IUserPoolDomain;

  /**
   * Whether everyone may register as a user. Rejected with `userPool`.
   *
   * @default false
   */
  readonly selfSignUpEnabled?: boolean;

  /**
   * How many requests the API takes, whole numbers from 1. API Gateway keeps to it at best effort.
   *
   * @default - 100 requests a second, 200 at once
   */
  readonly throttle?: Throttle;

  /**
   * The largest file, 1 byte to 5 GiB. The function reads each once; give it time for large ones.
   *
   * @default Size.mebibytes(25)
   */
  readonly maxFileSize?: Size;

  /**
   * The media types that a file's content may have.
   *
   * @default - PDF, PNG, JPEG, plain text, Word, Excel and PowerPoint
   */
  readonly allowedFileTypes?: string[];

  /**
   * A folder with a site of your own. It finds what it needs to know in `config.json`.
   *
   * @default - the pattern's own page
   */
  readonly siteContent?: string;

  /**
   * When expired documents are removed.
   *
   * @default - at 03:00 in Japan
   */
  readonly cleanUpSchedule?: scheduler.ScheduleExpression;
}

/** The textbook's serverless system: CloudFront, static content from S3, dynamic from API Gateway and Lambda. */
export class ServerlessApi extends Construct {
  /** The distribution, to which behaviors can be added. */
  readonly distribution: cloudfront.IDistribution;

  /** The API: an HttpApiGateway or a RestApiGateway. */
  readonly apiGateway: ApiGateway;

  /** The key that requests must bear, where there is a usage plan. */
  readonly apiKey?: apigateway.IApiKey;

  /** The function that answers requests. */
  readonly apiFunction: ApiFunction;

  /** The function that looks at uploads, and its queues. */
  readonly uploadFunction: UploadFunction;

  /** The function that removes what has expired, its schedule and its queue. */
  readonly cleanUpFunction: CleanUpFunction;

  /** The metadata. */
  readonly table: dynamodb.ITableV2;

  /** The files. */
  readonly fileBucket: s3.IBucket;

  /** The site's files. */
  readonly siteBucket: s3.IBucket;

  /** Who may sign in, where people do. */
  readonly userPool?: cognito.IUserPool;

  /** The alarms' topic and the dashboard, to which more can be added. */
  readonly monitoring: Monitoring;

  /** The address of the site for a browser; the API is under `/api`. */
  readonly siteUrl: string;

  constructor(scope: Construct, id: string, props: ServerlessApiProps = {}) {
    super(scope, id);
    const { profile = PRODUCTION, stage = 'prod' } = props;
    const problems = new Problems(this);
    checkProps(props, profile, problems);
    problems.throwIfAny();

    const fileRules = {
      maxFileSize: props.maxFileSize ?? FILE_RULES.maxFileSize,
      allowedFileTypes: props.allowedFileTypes ?? FILE_RULES.allowedFileTypes,
    };
    const throttle = props.throttle ?? { rateLimit: 100, burstLimit: 200 };
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', { profile, forBuckets: true });
    const staticContent = new StaticContent(this, 'Site', { profile });
    this.siteBucket = staticContent.bucket;
    const directory =
      (props.authentication ?? profile.authentication)
        ? new UserDirectory(this, 'Users', { ...props, profile })
        : undefined;
    this.userPool = directory?.userPool;
    const { apiGateway, apiKey } = this.createApi(props, { fileRules, profile, stage, throttle });
    this.apiGateway = apiGateway;
    this.apiKey = apiKey;

    const { distribution } = new DeskDistribution(this, 'Front', {
      ...props,
      staticContent,
      apiOrigin: apiGateway.origin,
      signInUrls: directory && [directory.pagesUrl, directory.issuer],
      accessLogs,
    });
    this.distribution = distribution;
    this.siteUrl = `https://${props.domainName ?? distribution.domainName}`;
    addSiteRecords(this, distribution, props);

    const signIn = directory && new SignIn(this, 'SignIn', { directory, siteUrl: this.siteUrl });
    const documents = new DocumentTable(this, 'Documents', { profile });
    this.table = documents.table;
    const files = new FileBucket(this, 'Files', { siteUrl: this.siteUrl, accessLogs, profile });
    this.fileBucket = files.bucket;

    const desk: Desk = { stage, documents, files, fileRules, profile };
    this.apiFunction = new ApiFunction(this, 'ApiFunction', {
      desk,
      clientId: signIn?.client.userPoolClientId,
      options: props.apiFunction,
    });
    this.uploadFunction = new UploadFunction(this, 'UploadFunction', { desk, options: props.uploadFunction });
    this.cleanUpFunction = new CleanUpFunction(this, 'CleanUpFunction', {
      desk,
      schedule: props.cleanUpSchedule ?? NIGHTLY,
      options: props.cleanUpFunction,
    });
    apiGateway.serve(this.apiFunction.function, signIn);
    uploadSite(staticContent, distribution, {
      stage,
      fileRules,
      signIn,
      apiKeyRequired: apiKey !== undefined,
      folder: props.siteContent,
    });

    this.monitoring = new Monitoring(this, 'Monitoring', props);
    apiGateway.addMonitoring(this.monitoring);
    addDeskMonitoring(this.monitoring, this);
    addDistributionGraphs(this.monitoring, distribution);
  }

  private createApi(
    props: ServerlessApiProps,
    common: ApiGatewayProps,
  ): { apiGateway: ApiGateway; apiKey?: apigateway.IApiKey } {
    // Ids of their own: the one kind can't become the other.
    if (apiKind(props, common.profile) === 'http') {
      return { apiGateway: new HttpApiGateway(this, 'HttpApi', common) };
    }
    const apiGateway = new RestApiGateway(this, 'RestApi', {
      ...common,
      webApplicationFirewall: props.webApplicationFirewall ?? common.profile.webApplicationFirewall,
      originSecretGeneration: props.originSecretGeneration ?? 1,
      key: props.key,
      requestValidation: props.requestValidation ?? false,
      usagePlan: props.usagePlan,
      cloudWatchRole: props.cloudWatchRole ?? true,
    });
    return { apiGateway, apiKey: apiGateway.apiKey };
  }
}

const NIGHTLY = scheduler.ScheduleExpression.cron({
  hour: '3',
  minute: '0',
  timeZone: TimeZone.ASIA_TOKYO,
});
