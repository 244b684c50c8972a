import { existsSync, statSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkFunction } from '../building-blocks/function-options';
import type { Problems } from '../building-blocks/problems';
import { checkSiteDomain } from '../building-blocks/site-domain';
import { checkWholeNumber } from '../building-blocks/whole-number';
import type { Profile } from '../profile';
import { checkApiKind } from './api-kind';
import { FUNCTION_LIMITS, type FunctionSettings } from './function-settings';
import type { ServerlessApiProps } from './serverless-api';
import { STAGES } from './stage';

/** Adds to `problems` what a serverless API can't honour in its props. */
export function checkProps(props: ServerlessApiProps, profile: Profile, problems: Problems): void {
  const { alarmEmail, stage } = props;
  if (stage !== undefined && !STAGES.includes(stage)) {
    problems.add('stage', stage, `is not known; give one of ${STAGES.join(', ')}.`);
  }
  checkApiKind(props, profile, problems);
  checkSiteDomain(props, problems);
  checkSignIn(props, profile, problems);
  checkFiles(props, problems);
  checkThrottle(props, problems);
  for (const name of Object.keys(FUNCTION_LIMITS) as (keyof FunctionSettings)[]) {
    checkFunction(name, props[name], FUNCTION_LIMITS[name], problems);
  }
  if (props.uploadFunction?.timeout?.isUnresolved()) {
    problems.add(
      'uploadFunction.timeout',
      'a token',
      'is not known yet, but the queue waits for six times as long.',
    );
  }
  checkUsagePlan(props, problems);
  checkAlarmEmail(alarmEmail, problems);
}

function checkSignIn(props: ServerlessApiProps, profile: Profile, problems: Problems): void {
  const { selfSignUpEnabled, userPool, userPoolDomain } = props;
  if (userPool && !userPoolDomain) {
    problems.add(
      'userPool',
      userPool.userPoolId,
      'needs a domain with its sign-in pages; give userPoolDomain too.',
    );
  }
  if (userPoolDomain && !userPool) {
    problems.add(
      'userPoolDomain',
      userPoolDomain.domainName,
      'is of no use without its pool; give userPool too.',
    );
  }
  const pages = userPoolDomain?.domainName;
  if (pages && !Token.isUnresolved(pages) && !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(pages)) {
    problems.add('userPoolDomain', pages, "is no prefix of Cognito's own domain; give one that is.");
  }
  if (userPool && selfSignUpEnabled !== undefined) {
    problems.add('selfSignUpEnabled', selfSignUpEnabled, 'is a matter of the given userPool; leave it out.');
  }
  if (props.authentication ?? profile.authentication) return;
  for (const [prop, value] of Object.entries({
    userPool: userPool?.userPoolId,
    userPoolDomain: userPoolDomain?.domainName,
    selfSignUpEnabled,
  })) {
    if (value !== undefined) {
      problems.add(
        prop,
        value,
        'is of no use where nobody signs in; give authentication: true, or leave it out.',
      );
    }
  }
}

function checkFiles(props: ServerlessApiProps, problems: Problems): void {
  const { allowedFileTypes, maxFileSize, siteContent } = props;
  if (allowedFileTypes?.length === 0) {
    problems.add('allowedFileTypes', allowedFileTypes, 'would allow no file; give at least one media type.');
  }
  for (const type of allowedFileTypes ?? []) {
    if (!Token.isUnresolved(type) && !/^[a-z]+\/[a-z0-9.+-]+$/.test(type)) {
      problems.add('allowedFileTypes', type, "is no media type; give one like 'application/pdf'.");
    }
  }
  if (maxFileSize?.isUnresolved()) {
    problems.add(
      'maxFileSize',
      'a token',
      'is not known yet, but the functions and the site are told of it as text.',
    );
  }
  // One PUT takes 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
  if (maxFileSize && !maxFileSize.isUnresolved()) {
    checkWholeNumber('maxFileSize', maxFileSize.toBytes(), [1, 5 * 1024 ** 3], 'bytes', problems);
  }
  if (siteContent !== undefined && !(existsSync(siteContent) && statSync(siteContent).isDirectory())) {
    problems.add('siteContent', siteContent, 'is no folder; give the path of the one with the site.');
  }
}

function checkUsagePlan({ usagePlan }: ServerlessApiProps, problems: Problems): void {
  const { quota, throttle } = usagePlan ?? {};
  const any = [1, Number.POSITIVE_INFINITY] as const;
  checkWholeNumber('usagePlan.throttle.rateLimit', throttle?.rateLimit, any, 'requests a second', problems);
  checkWholeNumber('usagePlan.throttle.burstLimit', throttle?.burstLimit, any, 'requests', problems);
  checkWholeNumber('usagePlan.quota.limit', quota?.limit, any, 'requests', problems);
  if (quota && (quota.limit === undefined || quota.period === undefined)) {
    problems.add('usagePlan.quota', quota, 'is half of a quota; give limit and period.');
  }
}

function checkThrottle({ throttle }: ServerlessApiProps, problems: Problems): void {
  const any = [1, Number.POSITIVE_INFINITY] as const;
  checkWholeNumber('throttle.rateLimit', throttle?.rateLimit, any, 'requests a second', problems);
  checkWholeNumber('throttle.burstLimit', throttle?.burstLimit, any, 'requests', problems);
}
