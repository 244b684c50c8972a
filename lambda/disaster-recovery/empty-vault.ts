import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';
import { emptyVault } from './vault-points';

/** Lambda's context, as far as it is needed. */
export interface TimeKeeper {
  getRemainingTimeInMillis(): number;
}

/**
 * Empties a vault before CloudFormation deletes it: AWS Backup deletes no vault that holds recovery points. It has nothing
 * to do when the custom resource is made or changed.
 */
export async function handler(
  event: CustomResourceEvent,
  context: TimeKeeper,
): Promise<CustomResourceAnswer> {
  const { VaultName = '' } = event.ResourceProperties;
  return answerWith(event, VaultName, async (): Promise<undefined> => {
    if (event.RequestType === 'Delete') await emptyVault(VaultName, () => context.getRemainingTimeInMillis());
  });
}
