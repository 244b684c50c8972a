import {
  type CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

/** A resource's physical name; undefined while the stack does not have it, or not yet. */
export async function physicalName(
  client: CloudFormationClient,
  StackName: string,
  LogicalResourceId: string,
): Promise<string | undefined> {
  try {
    const { StackResourceDetail: resource } = await client.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    return resource?.ResourceStatus === 'DELETE_COMPLETE'
      ? undefined
      : resource?.PhysicalResourceId || undefined;
  } catch (error) {
    // CloudFormation has no name of its own for it.
    if (error instanceof Error && /^Resource \S+ does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** Whether a stack is on its way back to what it was. */
export async function isRollingBack(client: CloudFormationClient, StackName: string): Promise<boolean> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks.some(({ StackStatus = '' }) => StackStatus.includes('ROLLBACK'));
}
