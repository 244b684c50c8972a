import { createIdentity } from '../shared/identity';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { SimulatedAcquirer } from './acquirer';
import { DynamoDbCharges } from './dynamodb-charges';
import { DynamoDbMethods } from './dynamodb-methods';
import { DynamoDbPayments } from './dynamodb-payments';
import { addMethodRoutes } from './method-routes';
import { addPaymentRoutes } from './payment-routes';
import { Payments } from './payments';
import { Registration } from './registration';
import type { Settings } from './settings';
import { KmsVault } from './vault';

/** Builds the service. */
export function buildPaymentService(
  { tableName, keyId, customerUrl }: Settings,
  { common: { region }, log }: Context,
): Service {
  const table = openTable(region, tableName);
  const vault = new KmsVault(region, keyId);
  const identity = createIdentity({ customerUrl, log });
  const methods = new DynamoDbMethods(table);
  const acquirer = new SimulatedAcquirer(new DynamoDbCharges(table));
  const now = Date.now;
  const registration = new Registration({ methods, vault, acquirer, now });
  const payments = new Payments({
    payments: new DynamoDbPayments(table),
    methods,
    vault,
    acquirer,
    log,
    now,
  });
  return {
    routes: (app) => addMethodRoutes(app, registration, identity),
    internalRoutes: (app) => addPaymentRoutes(app, payments),
    check: () => table.check(),
    background: [identity.background],
    close() {
      vault.close();
      table.close();
    },
  };
}
