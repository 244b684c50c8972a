import { EC2Client, paginateDescribeNetworkInterfaces } from '@aws-sdk/client-ec2';
import { CLIENT_OPTIONS } from '../shared/client-options';

const client = new EC2Client(CLIENT_OPTIONS);

/**
 * The private IPv4 addresses at which a load balancer answers now, one in each subnet at least.
 *
 * @param loadBalancer `app/name/id`
 * @throws Error where it has none
 */
export async function addressesOf(loadBalancer: string): Promise<string[]> {
  const Filters = [{ Name: 'description', Values: [`ELB ${loadBalancer}`] }];
  const addresses: string[] = [];
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, { Filters })) {
    for (const { PrivateIpAddress, Status } of NetworkInterfaces) {
      if (PrivateIpAddress && Status === 'in-use') addresses.push(PrivateIpAddress);
    }
  }
  if (addresses.length === 0) {
    throw new Error(`the load balancer ${loadBalancer} has no private IPv4 address in use`);
  }
  return addresses.sort();
}
