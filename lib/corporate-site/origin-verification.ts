import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Properties of OriginVerification. */
export interface OriginVerificationProps {
  /** The listener whose requests are checked. */
  readonly listener: elbv2.ApplicationListener;

  /** Where requests with the right header go. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** Which secret CloudFront sends: 1, 2, ... The one before it is accepted as well. */
  readonly generation: number;

  /** @default - the account's aws/secretsmanager key */
  readonly key?: kms.IKey;
}

/** The header that only CloudFront knows. */
const HEADER = 'X-Origin-Verify';

/**
 * Requests that did not come by way of this site's own distribution are refused: it adds a header with a secret, and the
 * listener forwards only what bears it. CloudFront's addresses alone would not do, as everyone's distributions have them.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
 *
 * CloudFormation reads the secret when it makes or changes the listener's rule and the distribution, and at no other time;
 * a rotation by Secrets Manager itself would be noticed by neither. So each generation is a secret of its own, and the
 * listener takes two of them while CloudFront's edges learn the new one.
 */
export class OriginVerification extends Construct {
  /** The header that CloudFront adds to each request. */
  readonly header: Record<string, string>;

  /** What refuses all requests that no rule takes. */
  static readonly REFUSAL = elbv2.ListenerAction.fixedResponse(403, {
    contentType: 'text/plain',
    messageBody: 'Forbidden',
  });

  /** The rule that must be there before CloudFront sends its first request. */
  readonly rule: elbv2.ApplicationListenerRule;

  constructor(scope: Construct, id: string, props: OriginVerificationProps) {
    super(scope, id);
    const { generation } = props;
    const generations = generation > 1 ? [generation, generation - 1] : [generation];
    const [current = '', ...previous] = generations.map((each) => this.createSecret(each, props.key));
    this.rule = new elbv2.ApplicationListenerRule(this, 'FromCloudFront', {
      listener: props.listener,
      priority: 1,
      conditions: [elbv2.ListenerCondition.httpHeader(HEADER, [current, ...previous])],
      action: elbv2.ListenerAction.forward([props.targetGroup]),
    });
    this.header = { [HEADER]: current };
  }

  /** The text that stands for the secret in the template; the secret itself stands nowhere. */
  private createSecret(generation: number, encryptionKey?: kms.IKey): string {
    const secret = new secretsmanager.Secret(this, `Secret${generation}`, {
      description: `What CloudFront tells the load balancer, generation ${generation}`,
      encryptionKey,
      // It can be made anew at any time, so that there is nothing to keep.
      removalPolicy: RemovalPolicy.DESTROY,
      // The listener compares without regard to case, and takes * and ? as wildcards.
      generateSecretString: { passwordLength: 64, excludePunctuation: true, excludeUppercase: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Neither CloudFront nor the listener would notice a rotation: it takes a deployment, with originSecretGeneration raised by one.',
    });
    return secret.secretValue.unsafeUnwrap();
  }
}
