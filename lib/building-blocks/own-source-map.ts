import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

/**
 * A source map that leads only to the files of the project. Those of the libraries are 99% of it, and Node.js reads the
 * whole map when it loads the code: https://nodejs.org/api/cli.html#--enable-source-maps
 *
 * @param map version 3 of the format, https://tc39.es/ecma426/
 */
export function ownSourceMap(map: string): string {
  const { sources, mappings }: { sources: string[]; mappings: string } = JSON.parse(map);
  const own = sources.filter((source) => !source.includes('node_modules/'));
  const renumbered = sources.map((source) => own.indexOf(source));
  const lines = decode(mappings).map((segments) =>
    segments
      .map(([column, source = -1, line = 0, originColumn = 0]): SourceMapSegment => {
        const number = renumbered[source] ?? -1;
        return number >= 0 ? [column, number, line, originColumn] : [column];
      })
      // One segment without an origin ends the one before; more of them say nothing.
      .filter((segment, index, all) => segment.length > 1 || (all[index - 1]?.length ?? 1) > 1),
  );
  return JSON.stringify({ version: 3, sources: own, names: [], mappings: encode(lines) });
}
