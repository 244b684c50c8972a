import { Aws, Names } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A family of task definitions. */
export interface Family {
  readonly name: string;

  /** The name, in which pseudo parameters are written like <AWS::StackName>. */
  readonly pattern: string;
}

/**
 * A family's name: unique in the account and region as the stack's name is. aws-cdk-lib's own would be that of the construct's
 * path, which two environments in one account share, and so would their newest revision be.
 */
export function familyOf(scope: IConstruct): Family {
  const suffix = Names.uniqueResourceName(scope, { maxLength: 100 });
  return { name: `${Aws.STACK_NAME}-${suffix}`, pattern: `<AWS::StackName>-${suffix}` };
}

/** An ARN of ECS in the stack's account and region, in which pseudo parameters and references are written like <Id>. */
export function arnPattern(resource: string): string {
  return `arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:${resource}`;
}
