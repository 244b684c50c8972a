import { createHash } from 'node:crypto';
import { Aws, type CfnResource, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';

/** Properties of ReplaceableVpcOrigin. */
export interface ReplaceableVpcOriginProps {
  /** The server or load balancer behind it. */
  readonly endpoint: cloudfront.VpcOriginEndpoint;

  /** How CloudFront speaks to it, on the protocol's own port. */
  readonly protocolPolicy: cloudfront.OriginProtocolPolicy;

  /** All that makes another endpoint of the endpoint: what replaces it when it changes. Read at synthesis. */
  readonly causes: () => unknown;
}

/**
 * A VPC origin that is made anew whenever what it leads to is.
 *
 * A VPC origin refuses every change while a distribution uses it
 * (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateVpcOrigin.html, CannotUpdateEntityWhileInUse).
 * So each endpoint gets a VPC origin of its own, by a logical id and a name that follow all that replaces the endpoint:
 * CloudFormation makes the new one, points the distribution at it, and then removes the old.
 */
export class ReplaceableVpcOrigin extends Construct {
  /** The VPC origin. */
  readonly vpcOrigin: cloudfront.VpcOrigin;

  constructor(scope: Construct, id: string, props: ReplaceableVpcOriginProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const generation = Lazy.uncachedString({
      produce: () => {
        const causes = stack.resolve([props.causes(), props.protocolPolicy]);
        return createHash('sha256').update(JSON.stringify(causes)).digest('hex').slice(0, 8);
      },
    });
    this.vpcOrigin = new cloudfront.VpcOrigin(this, 'VpcOrigin', {
      endpoint: props.endpoint,
      protocolPolicy: props.protocolPolicy,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      // The stack's own UUID keeps the name unique in the account, within the 64 characters that it may have.
      vpcOriginName: `${generation}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
    });
    const resource = this.vpcOrigin.node.defaultChild as CfnResource;
    const baseId = stack.getLogicalId(resource);
    resource.overrideLogicalId(
      Lazy.uncachedString({ produce: (context) => `${baseId}${context.resolve(generation)}` }),
    );
  }
}
