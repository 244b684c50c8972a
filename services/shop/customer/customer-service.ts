import { createIdentity } from '../shared/identity';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { Accounts } from './accounts';
import { Attempts } from './attempts';
import { Customers } from './customers';
import { Passwords } from './passwords';
import { addCustomerRoutes } from './routes';
import type { CustomerSettings } from './settings';
import { SigningKeys } from './signing-keys';

/** Who the shop's customers are, and the tokens that say so. */
export function buildCustomerService(
  { tableName, signingSecretId }: CustomerSettings,
  { common: { region }, log }: Context,
): Service {
  const table = openTable(region, tableName);
  const keys = new SigningKeys(region, signingSecretId, log);
  const identity = createIdentity({ readKeys: () => keys.shown(), log });
  const accounts = new Accounts(new Customers(table), new Passwords(), new Attempts(table));
  return {
    routes: (app) => addCustomerRoutes(app, { accounts, keys, identity }),
    async check() {
      await Promise.all([table.check(), keys.shown()]);
    },
    background: [keys.background, identity.background],
    close() {
      keys.close();
      table.close();
    },
  };
}
