import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Problems } from './problems';

/** Properties of OriginSecrets. */
export interface OriginSecretsProps {
  /** Who is told, in words. */
  readonly origin: string;

  /** Which secret CloudFront sends: 1, 2, ... The one before it is accepted as well. */
  readonly generation: number;

  /** @default - the account's aws/secretsmanager key */
  readonly key?: kms.IKey;
}

/** The header that only CloudFront knows. */
export const ORIGIN_HEADER = 'X-Origin-Verify';

/**
 * What CloudFront tells an origin, so that the origin can refuse requests that did not come by way of this very
 * distribution. CloudFront's addresses alone would not do, as everyone's distributions have them.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
 *
 * CloudFormation reads a secret when it makes or changes the distribution and the origin's rule, and at no other time;
 * a rotation by Secrets Manager itself would be noticed by neither. So each generation is a secret of its own, and the
 * origin takes two of them while CloudFront's edges learn the new one.
 */
export class OriginSecrets extends Construct {
  /** The header that CloudFront adds to each request. */
  readonly header: Record<string, string>;

  /** The texts that the origin accepts, the current one first. */
  readonly accepted: readonly string[];

  constructor(scope: Construct, id: string, props: OriginSecretsProps) {
    super(scope, id);
    const { generation } = props;
    const generations = generation > 1 ? [generation, generation - 1] : [generation];
    const [current = '', ...previous] = generations.map((each) => this.createSecret(each, props));
    this.accepted = [current, ...previous];
    this.header = { [ORIGIN_HEADER]: current };
  }

  /** The text that stands for the secret in the template; the secret itself stands nowhere. */
  private createSecret(generation: number, { key, origin }: OriginSecretsProps): string {
    const secret = new secretsmanager.Secret(this, `Secret${generation}`, {
      description: `What CloudFront tells ${origin}, generation ${generation}`,
      encryptionKey: key,
      // It can be made anew at any time, so that there is nothing to keep.
      removalPolicy: RemovalPolicy.DESTROY,
      // A listener compares without regard to case, and takes * and ? as wildcards.
      generateSecretString: { passwordLength: 64, excludePunctuation: true, excludeUppercase: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Neither CloudFront nor its origin would notice a rotation: it takes a deployment, with originSecretGeneration raised by one.',
    });
    return secret.secretValue.unsafeUnwrap();
  }
}

/** Adds to `problems` a generation that is none. What is counted here decides what is made: no token will do. */
export function checkOriginSecretGeneration(generation: number | undefined, problems: Problems): void {
  if (generation === undefined || (Number.isSafeInteger(generation) && generation >= 1)) return;
  problems.add('originSecretGeneration', generation, 'is no generation; give 1, 2, 3 ..., no token.');
}
