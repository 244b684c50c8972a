import { Period } from 'aws-cdk-lib/aws-apigateway';
import type { Settings } from '../../../bin/settings';
import type { DeployedStack } from '../support/stacks';
import type { Exercise, Use } from '../support/use';
import { cleanUp, nightly } from './support/clean-up';
import { type Ask, apiFor } from './support/desk';
import {
  forbiddenFile,
  goodFile,
  onlyTheAnnounced,
  replacedFile,
  uploadsFromTheSiteOnly,
} from './support/desk-files';
import { logs } from './support/desk-logs';
import { siteName } from './support/desk-name';
import { poison, queueSettings } from './support/desk-queue';
import { alarms, fileBucket, httpStage, table } from './support/desk-settings';
import {
  ANNA,
  documentsOfBefore,
  documentsOfTheirOwn,
  firstDocuments,
  onlySignedIn,
  signedIn,
  signInOfTheSite,
} from './support/desk-sign-in';
import { errorsComeThrough, onlyHttps, site, siteIsTold } from './support/desk-site';
import { lifeOfDocument, namedErrors, pages, refusals, retried, twoWriters } from './support/documents';
import { allKept } from './support/kept';
import { dashboard } from './support/monitoring';
import {
  apiKeyOf,
  apiNameOf,
  firewallAtStage,
  keyIsNeeded,
  onlyThroughCloudFront,
  refusedBefore,
  restStage,
  secretStaysSecret,
} from './support/rest-api';

const settings = (more: Partial<Settings['serverlessApi']>): Pick<Settings, 'serverlessApi'> => ({
  serverlessApi: { stage: 'dev', authentication: true, ...more },
});

const USAGE_PLAN = {
  throttle: { rateLimit: 50, burstLimit: 100 },
  quota: { limit: 10_000, period: Period.DAY },
};
const REST = settings({ webApplicationFirewall: true, requestValidation: true, usagePlan: USAGE_PLAN });

/** What holds the data of people, and what they know it by. */
const DATA = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::CloudFront::Distribution'];
const USERS = ['AWS::Cognito::UserPool', 'AWS::Cognito::UserPoolClient'];

/** Something that is done with a deployed desk by somebody who may ask its API. */
type DeskExercise = (stack: DeployedStack, ask: Ask) => Promise<void>;

const by =
  (callerIn: (stack: DeployedStack) => Promise<Ask>) =>
  (act: DeskExercise): Exercise =>
  async (stack) =>
    act(stack, await callerIn(stack));

/** Those who may ask: everyone at first, then Anna, then Anna with the API's key. */
const everyone = by((stack) => apiFor(stack));
const anna = by((stack) => signedIn(stack, ANNA));
const annaWithKey = by(async (stack) => signedIn(stack, ANNA, await apiKeyOf(stack)));
const withKey =
  (act: (stack: DeployedStack, apiKey: string) => Promise<void>): Exercise =>
  async (stack) =>
    act(stack, await apiKeyOf(stack));

const of =
  (act: (ask: Ask) => Promise<void>): DeskExercise =>
  (_, ask) =>
    act(ask);

const use: Use = {
  exercises: {
    'the page and all that it loads are there, with headers that say what it may do': site,
    'the page is told that nobody signs in': (stack) =>
      siteIsTold(stack, { apiKeyRequired: false, signIn: null }),
    'pages come over HTTPS only, and the API takes nothing that was sent in the clear': onlyHttps,
    'no page of the distribution stands in the place of an error': errorsComeThrough,
    'a document is registered, read, changed by who knows its latest version, and deleted': everyone(
      of(lifeOfDocument),
    ),
    'documents are listed page by page, the newest first': everyone(of(pages)),
    'of two who change a document at once one wins, and the other learns of it': everyone(of(twoWriters)),
    'a request that is sent again with its key is done once': everyone(of(retried)),
    'what is wrong with a request is told in one form, without anything of the inside': everyone(
      of(refusals),
    ),
    'each wrong value is named': everyone(of(namedErrors)),
    'a good file is accepted, and comes back as it was': everyone(goodFile),
    'a file takes the place of the one before it': everyone(replacedFile),
    'S3 takes nothing but the announced file': everyone(onlyTheAnnounced),
    'a file that is not what it is said to be stays in quarantine': everyone(forbiddenFile),
    "browsers may upload from the site's own pages only": everyone(uploadsFromTheSiteOnly),
    'uploads are announced to a queue, which tries five times': queueSettings,
    'a message that nobody can handle ends in the dead-letter queue, and takes no upload with it':
      everyone(poison),
    'the clean-up is started at three in the morning, in Japan': nightly,
    'the clean-up removes what has expired, and nothing else': everyone(cleanUp),
    'an error is found in the log by the id that its reader was told': everyone(logs),
    'the table has its keys, and can be taken back to any moment': table,
    'the bucket of the files is not public, and keeps nothing for longer than needed': fileBucket,
    'the API has its routes, and takes a hundred requests a second': httpStage,
    'the alarms watch the API, its function and the queues, and notify the topic': async (stack) =>
      alarms(stack, { ApiId: await stack.idOf('AWS::ApiGatewayV2::Api'), Stage: 'dev' }),
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'people sign in',
      settings: () => settings({}),
      exercises: {
        'who signs in first finds nothing of what everyone shared': firstDocuments,
        'only those get in who have signed in here, for this, and not too long ago': (stack) =>
          onlySignedIn(stack, { otherScope: 403, areProblems: false }),
        'each has documents of their own, and learns nothing of others': (stack) =>
          documentsOfTheirOwn(stack),
        'a document is registered, read, changed and deleted': anna(of(lifeOfDocument)),
        'a good file is accepted, and comes back as it was': anna(goodFile),
        'what is wrong with a request is told in one form': anna(of(refusals)),
        'the page knows where to sign in, and the sign-in leads back to it': signInOfTheSite,
        'table, buckets, API and distribution are the same as before': (stack) =>
          allKept(stack, [...DATA, 'AWS::ApiGatewayV2::Api']),
      },
    },
    {
      name: 'the API becomes a REST API with a firewall, request validation and a key',
      settings: () => REST,
      exercises: {
        'who does not come by way of CloudFront is refused': onlyThroughCloudFront,
        'the secret by which CloudFront is known stands in no template': secretStaysSecret,
        "AWS's managed rules see every request": firewallAtStage,
        'a key is needed, and its holder has a plan': (stack) => keyIsNeeded(stack, USAGE_PLAN),
        'only those get in who have signed in here, for this, and not too long ago': withKey(
          (stack, apiKey) => onlySignedIn(stack, { otherScope: 401, areProblems: true }, apiKey),
        ),
        'API Gateway refuses bodies and paths in the form of all errors, and calls no function':
          annaWithKey(refusedBefore),
        'what is wrong with a request is told in one form': annaWithKey(of(refusals)),
        'the documents of before are still there': withKey(documentsOfBefore),
        'each has documents of their own, and learns nothing of others': withKey(documentsOfTheirOwn),
        'a document is registered, read, changed and deleted': annaWithKey(of(lifeOfDocument)),
        'documents are listed page by page, the newest first': annaWithKey(of(pages)),
        'of two who change a document at once one wins, and the other learns of it': annaWithKey(
          of(twoWriters),
        ),
        'a request that is sent again with its key is done once': annaWithKey(of(retried)),
        'a good file is accepted, and comes back as it was': annaWithKey(goodFile),
        'the page is told to ask for the key': (stack) => siteIsTold(stack, { apiKeyRequired: true }),
        'the stage takes a hundred requests a second, and logs': restStage,
        'the alarms watch the new API': async (stack) =>
          alarms(stack, { ApiName: await apiNameOf(stack), Stage: 'dev' }),
        'table, buckets, distribution and users are the same as before': (stack) =>
          allKept(stack, [...DATA, ...USERS]),
      },
    },
    {
      name: 'the site gets a name',
      settings: (domain) => ({ domain, region: 'ap-northeast-1', ...REST }),
      exercises: {
        'the name leads to CloudFront, by IPv4 and IPv6, with a certificate of us-east-1': (stack) =>
          siteName(stack, 'documents.example.com'),
        'the sign-in leads back to the name': signInOfTheSite,
        'browsers may upload from the pages of that name only': annaWithKey(uploadsFromTheSiteOnly),
        'who does not come by way of CloudFront is refused': onlyThroughCloudFront,
        'the documents of before are still there': withKey(documentsOfBefore),
        'table, buckets, distribution, API and users are the same as before': (stack) =>
          allKept(stack, [...DATA, ...USERS, 'AWS::ApiGateway::RestApi']),
      },
    },
  ],
};

export default use;
