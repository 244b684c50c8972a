import { type ResourceSignalStatus, SignalResourceCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Aws } from './aws';
import type { Boot } from './boot-root';

/** Stacks with these tags wait for the signals of their servers, as on AWS, instead of having them given. */
export const WAIT_FOR_SIGNALS = { 'emulator:resource-signals': 'wait' };

/** A server that has been launched, and whose signal is awaited. */
export interface WaitingServer {
  readonly instanceId: string;

  /** The logical id of what is signalled: the instance or its group. */
  readonly logicalId: string;
}

/** What EC2 gives to a server: its user data, and what that downloads. */
export async function bootOf({ ec2, s3 }: Aws, instanceId: string): Promise<Boot> {
  const { UserData } = await ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'userData' }),
  );
  const userData = Buffer.from(UserData?.Value ?? '', 'base64').toString();
  const [address, Bucket, Key] = /s3:\/\/(\S+?)\/(\S+)/.exec(userData) ?? [];
  if (!address) return { userData, objects: {} };
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return { userData, objects: { [address]: (await Body?.transformToByteArray()) ?? new Uint8Array() } };
}

/** Sends the signal that a server sends at the end of its first boot. */
export async function signal(
  { cloudFormation }: Aws,
  stackName: string,
  { instanceId, logicalId }: WaitingServer,
  status: ResourceSignalStatus,
): Promise<void> {
  await cloudFormation.send(
    new SignalResourceCommand({
      StackName: stackName,
      LogicalResourceId: logicalId,
      UniqueId: instanceId,
      Status: status,
    }),
  );
}
