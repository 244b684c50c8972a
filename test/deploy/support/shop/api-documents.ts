import { readFileSync } from 'node:fs';
import type { ShopServiceName } from '../../../../lib/microservices/shop-services';

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** An operation that takes a body. */
export interface Taking {
  readonly method: string;

  /** With something in place of its parameters. */
  readonly path: string;

  /** The fields of the body. */
  readonly fields: readonly string[];
}

const read = (service: ShopServiceName): Readonly<Record<string, Readonly<Record<string, Operation>>>> =>
  JSON.parse(readFileSync(`services/shop/${service}/openapi.json`, 'utf8')).paths;

/** The paths that a service's document names. */
export const pathsOf = (service: ShopServiceName): string[] => Object.keys(read(service));

/** What of a service's public API takes a body, by its document. */
export function bodiesOf(service: ShopServiceName): Taking[] {
  return Object.entries(read(service)).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) => {
      const [content] = Object.values(requestBody?.content ?? {});
      const fields = Object.keys(content?.schema.properties ?? {});
      if (fields.length === 0) return [];
      return [{ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'tea'), fields }];
    }),
  );
}
