import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Takes the right to write logs from the custom-resource providers that aws-cdk-lib adds to a stack by itself
 * (those that close the default security group, empty buckets, and set a bucket's notifications).
 *
 * Lambda makes a log group at a function's first log line, outside of any stack, and nothing deletes it. These
 * providers report their errors to CloudFormation anyway, so that the stack's events tell what went wrong.
 * Call it after the constructs that bring such a provider were made; calling it again changes nothing.
 */
export function silenceProviders(scope: IConstruct): void {
  for (const provider of Stack.of(scope).node.children) {
    if (!/CustomResourceProvider$|^BucketNotificationsHandler/.test(provider.node.id)) continue;
    const child = provider.node.tryFindChild('Role');
    const role = child?.node.defaultChild ?? child;
    if (role instanceof CfnResource) role.addPropertyOverride('ManagedPolicyArns', []);
  }
}
