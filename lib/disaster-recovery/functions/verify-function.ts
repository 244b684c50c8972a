import { Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { HandlerCode } from '../../building-blocks/handler-code';
import { NodeFunction } from '../../building-blocks/node-function';
import { Problems } from '../../building-blocks/problems';
import type { Profile } from '../../profile';
import { SMALL_FUNCTION } from './small-function';

/** Properties of VerifyFunction. */
export interface VerifyFunctionProps {
  /**
   * The load balancer's network.
   *
   * @default - none, for a load balancer on the internet
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets from which the load balancer can be reached; they need no way out of the network. Required with `vpc`.
   *
   * @default - none
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  readonly protocol: 'http' | 'https';

  /**
   * The domain name by which users know the system, and for which the certificate was made. It is required with 'https':
   * a load balancer's own name is on no certificate.
   *
   * @default - the load balancer's own name
   */
  readonly host?: string;

  /** The page that is asked for. It begins with a slash. */
  readonly checkPath: string;

  readonly profile: Profile;
}

/**
 * Asks a load balancer for a page, from within its network where it has no other address. Its security group there lets
 * nothing out until it is opened, with `verify.function.connections`.
 */
export class VerifyFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: VerifyFunctionProps) {
    const { checkPath, host = '', profile, protocol, vpc, vpcSubnets } = props;
    super(scope, id, {
      ...SMALL_FUNCTION,
      // The handler waits for 10 seconds.
      timeout: Duration.seconds(20),
      description: 'Asks the load balancer for a page',
      code: new HandlerCode('disaster-recovery', 'verify'),
      environment: { PROTOCOL: protocol, HOST: host, CHECK_PATH: checkPath },
      vpc,
      vpcSubnets,
      profile,
    });
    const problems = new Problems(this);
    if (protocol === 'https' && host === '') {
      problems.add(
        'host',
        host,
        'is on no certificate; with https, give the domain name of the certificate.',
      );
    }
    if (!Token.isUnresolved(checkPath) && !checkPath.startsWith('/')) {
      problems.add('checkPath', checkPath, 'is no path; let it begin with a slash.');
    }
    problems.throwIfAny();
  }
}
