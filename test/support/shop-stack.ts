import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ShopResources } from '../../lib/microservices/shop-resources';
import { SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';
import type { Profile } from '../../lib/profile';
import { type Resource, resourcesOf, type StackTemplate } from './apps';

/** The shop's resources, and a role for each service, in a stack. */
export interface ShopInStack {
  readonly shop: ShopResources;
  readonly roles: Readonly<Record<ShopServiceName, iam.Role>>;
}

/** Adds them, with the roles that pods would have. */
export function addShop(stack: Stack, profile: Profile): ShopInStack {
  const shop = new ShopResources(stack, 'Shop', { profile });
  const roles = Object.fromEntries(
    SHOP_SERVICES.map((service) => {
      const role = new iam.Role(stack, `${service}Role`, {
        assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com'),
      });
      shop.grantTo(service, role);
      return [service, role];
    }),
  ) as Record<ShopServiceName, iam.Role>;
  return { shop, roles };
}

/** The resource of a type whose id is made of some words and the digits that aws-cdk-lib adds. */
export function shopPart(template: StackTemplate, type: string, words: string): Resource & { id: string } {
  const found = Object.entries(resourcesOf(template, type)).filter(([id]) =>
    new RegExp(`^${words}[0-9A-F]{8}$`).test(id),
  );
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`there are ${found.length} of ${type} named ${words}`);
  return { id: first[0], ...first[1] };
}

/** A text with ids that lack the digits that aws-cdk-lib adds. */
export const withPlainIds = (text: string): string => text.replaceAll(/<(\w+?)[0-9A-F]{8}(?=[.>])/g, '<$1');
