import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHOP_SERVICES, type ShopServiceName } from '../lib/microservices/shop-services';
import { SANDBOX } from '../lib/profile';
import { resourcesOf, templateOfConstructs, theOnly } from './support/apps';
import { permissionsOf } from './support/fleet';
import { addShop } from './support/shop-stack';
import { usedActions } from './support/used-actions';

const template = templateOfConstructs((stack) => addShop(stack, SANDBOX));

/** What a service's role may do, as `usedActions` says it. */
function grantedActions(service: ShopServiceName): string[] {
  const role = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).find((id) =>
    id.startsWith(`${service}Role`),
  );
  const byRole = permissionsOf(template, `${role}`).flatMap(([actions, resource]) => {
    const [, index] = resource.split('/index/');
    return actions.split(' ').map((action) => (index === undefined ? action : `${action} ${index}`));
  });
  const { KeyPolicy } = theOnly(template, 'AWS::KMS::Key').Properties as {
    KeyPolicy: { Statement: { Action: string[]; Principal: unknown }[] };
  };
  const byKey = KeyPolicy.Statement.filter(({ Principal }) =>
    JSON.stringify(Principal).includes(`"${role}"`),
  );
  return [...byRole, ...byKey.flatMap(({ Action }) => Action)].sort();
}

test.each(SHOP_SERVICES)('%s may do what its code does, and nothing else', (service) => {
  expect(grantedActions(service)).toEqual(usedActions(join('services', 'shop', service, 'server.ts')));
});
