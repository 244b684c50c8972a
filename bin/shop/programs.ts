import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeOrBuild } from '../../lib/building-blocks/build-cache';
import { bundle } from '../../lib/building-blocks/bundle';
import { projectFolder } from '../../lib/building-blocks/project-folder';
import { SERVER_NODEJS } from '../../lib/building-blocks/versions';
import { SHOP_SERVICES, type ShopServiceName } from '../../lib/microservices/shop-services';
import { recordOf } from './record';

const SOURCE = ['services', 'shop'] as const;

/** The files of a service that it sends as they are. */
const ASSETS = 'page';

/** The programs of the services, by name. */
export type Programs = Readonly<Record<ShopServiceName, string>>;

/** Bundles each service as its image does, into a folder of its own beside the files that it sends. */
export function writePrograms(folder: string): Programs {
  return recordOf(SHOP_SERVICES, (service) => {
    const own = join(folder, service);
    mkdirSync(own, { recursive: true });
    const assets = projectFolder(...SOURCE, service, ASSETS);
    if (existsSync(assets)) cpSync(assets, join(own, ASSETS), { recursive: true });
    const file = join(own, 'server.cjs');
    writeFileSync(file, programOf(service));
    return file;
  });
}

function programOf(service: ShopServiceName): string {
  const text = takeOrBuild(`shop-${service}`, [], () => {
    const { inputs, texts } = bundle([[...SOURCE, service, 'server.ts'].join('/')], {
      target: SERVER_NODEJS.target,
    });
    return { inputs, value: texts.get('server') };
  });
  if (!text) throw new Error(`esbuild made nothing of ${service}`);
  return text;
}
