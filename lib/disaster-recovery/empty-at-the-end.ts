import type { Profile } from '../profile';
import type { CopyVault } from './copy-vault';
import { VaultEmptier } from './functions/vault-emptier';

/** Deletes the copies in a vault when its stack is destroyed. */
export function emptyAtTheEnd(profile: Profile): (vault: CopyVault) => void {
  return (copies) => {
    new VaultEmptier(copies, 'Emptier', { vault: copies.vault, profile });
  };
}
