import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/**
 * Lets a principal read a secret, by its own policy only: a key policy could not be changed for a key that was imported,
 * and would tie the stack of a key to this one.
 *
 * @param key the key that encrypts the secret, where it is not the account's own
 */
export function grantReadSecret(
  grantee: iam.IGrantable,
  secret: secretsmanager.ISecret,
  key: kms.IKey | undefined,
): void {
  const statements = [
    new iam.PolicyStatement({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      // A secret that is known by its name alone has six characters more, which nobody knows.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  ];
  if (key) {
    const service = `secretsmanager.${Stack.of(secret).region}.amazonaws.com`;
    statements.push(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': service } },
      }),
    );
  }
  for (const statement of statements) grantee.grantPrincipal.addToPrincipalPolicy(statement);
}
