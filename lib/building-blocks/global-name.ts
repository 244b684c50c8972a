import { Aws, Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A name for something that is named once for all regions and stacks of an account, as CloudFront's policies and functions
 * are: aws-cdk-lib's own would be taken by the same stack in another region, or under another name.
 *
 * @returns the construct's address and the stack's own id, 45 letters, digits and hyphens
 */
export function globalName(scope: Construct): string {
  return `${scope.node.addr.slice(-8)}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
}
