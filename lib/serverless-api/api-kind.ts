import type * as kms from 'aws-cdk-lib/aws-kms';
import { checkOriginSecretGeneration } from '../building-blocks/origin-secrets';
import type { Problems } from '../building-blocks/problems';
import type { Profile } from '../profile';
import type { UsagePlan } from './usage-plan';

/** Which API it is, and what only a REST API has. */
export interface ApiKindOptions {
  /**
   * Which kind of API. An HTTP API costs about a quarter and answers faster; a REST API is needed for a firewall, request
   * validation, usage plans and API keys. `http` is rejected where one of those is asked for, also by the profile.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
   *
   * @default - 'rest' where something is asked for that only a REST API has, otherwise 'http'
   */
  readonly api?: 'http' | 'rest';

  /**
   * Whether AWS WAF stands before the API, with AWS's managed rules. It then refuses requests that did not come by way of
   * this pattern's own distribution.
   *
   * @default - what the profile says: true in PRODUCTION
   */
  readonly webApplicationFirewall?: boolean;

  /**
   * Whether API Gateway itself refuses bodies of the wrong form, before a function is called and paid for.
   *
   * @default false: the function refuses them
   */
  readonly requestValidation?: boolean;

  /**
   * Makes an API key that every request must bear, and limits what its holder may use. A key tells callers apart and is no
   * means of authentication.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
   *
   * @default - no key is needed
   */
  readonly usagePlan?: UsagePlan;

  /**
   * Whether the role is made by which API Gateway writes the logs of all REST APIs of the account and region. Give false
   * where the account has one. Of no use with an HTTP API.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   *
   * @default true
   */
  readonly cloudWatchRole?: boolean;

  /**
   * Which secret CloudFront shows to the firewall: 1, 2, ... Another number makes another secret; the one before it stays
   * valid. Raise it by one to rotate. Rejected without a firewall.
   *
   * @default 1
   */
  readonly originSecretGeneration?: number;

  /**
   * The key that encrypts that secret. Rejected without a firewall.
   *
   * @default - the account's aws/secretsmanager key
   */
  readonly key?: kms.IKey;
}

/** What is asked for that only a REST API has, each with who asks. */
function wantsOfRest(options: ApiKindOptions, profile: Profile): Record<string, string> {
  const { requestValidation, usagePlan, webApplicationFirewall } = options;
  const wants: Record<string, string> = {};
  if (webApplicationFirewall) wants.webApplicationFirewall = 'webApplicationFirewall';
  if (webApplicationFirewall === undefined && profile.webApplicationFirewall) {
    wants.webApplicationFirewall = "the profile's webApplicationFirewall";
  }
  if (requestValidation) wants.requestValidation = 'requestValidation';
  if (usagePlan) wants.usagePlan = 'usagePlan';
  return wants;
}

/** Which kind of API it becomes. */
export function apiKind(options: ApiKindOptions, profile: Profile): 'http' | 'rest' {
  return options.api ?? (Object.keys(wantsOfRest(options, profile)).length > 0 ? 'rest' : 'http');
}

/** Adds to `problems` a kind of API that there is not, or that lacks what is asked for. */
export function checkApiKind(options: ApiKindOptions, profile: Profile, problems: Problems): void {
  const { api, cloudWatchRole, key, originSecretGeneration } = options;
  if (api !== undefined && api !== 'http' && api !== 'rest') {
    problems.add('api', api, "is not known; give 'http' or 'rest'.");
    return;
  }
  if (api === 'http') {
    for (const [prop, who] of Object.entries(wantsOfRest(options, profile))) {
      problems.add(
        'api',
        api,
        `has none of what ${who} asks for; leave api out, or give ${prop === 'usagePlan' ? 'no usagePlan' : `${prop}: false`}.`,
      );
    }
  }
  checkOriginSecretGeneration(originSecretGeneration, problems);
  const firewall = options.webApplicationFirewall ?? profile.webApplicationFirewall;
  for (const [prop, value] of Object.entries({ originSecretGeneration, key: key?.keyArn })) {
    if (value === undefined || firewall) continue;
    problems.add(
      prop,
      value,
      'is of no use without a firewall; give webApplicationFirewall: true, or leave it out.',
    );
  }
  if (cloudWatchRole !== undefined && apiKind(options, profile) === 'http') {
    problems.add('cloudWatchRole', cloudWatchRole, 'is of no use with an HTTP API; leave it out.');
  }
}
