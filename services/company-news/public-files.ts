import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** A file that pages load. */
export interface PublicFile {
  readonly type: string;
  readonly body: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files that the pages load, by path. Where CloudFront has them from elsewhere, nobody asks for them here. */
export function readPublicFiles(folder = join(__dirname, 'public')): ReadonlyMap<string, PublicFile> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const type = TYPES[extname(path)];
    if (!type) return [];
    const body = readFileSync(join(folder, path), 'utf8');
    return [[`/${path.split(sep).join('/')}`, { type, body }] as const];
  });
  return new Map(files);
}
