import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';

/**
 * A log group whose name somebody else prescribes. Where the profile keeps logs it keeps them at the end only, and not when the
 * first deployment fails: the second attempt would find the name taken.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
export function createNamedLogGroup(
  scope: Construct,
  id: string,
  logGroupName: string,
  { logRetention, removalPolicy }: Profile,
): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    logGroupName,
    retention: logRetention,
    removalPolicy:
      removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy,
  });
}
