import type { StackTemplate } from './apps';

/**
 * A template without the hashes that follow files: those of assets, and those that aws-cdk-lib and our constructs
 * append to logical ids so that a change replaces a resource. What is left changes only when a construct does.
 *
 * A logical id ends with eight capital hexadecimal digits; a hash after them is in small ones, 8, 16 or 32 of them.
 *
 * @param all the templates of all stacks whose logical ids may stand in this one, as those of nested stacks do
 */
export function maskHashes(
  template: StackTemplate,
  all: Iterable<StackTemplate> = [template],
): StackTemplate {
  let text = JSON.stringify(template).replaceAll(/\b[0-9a-f]{64}\b/g, 'asset-hash');
  for (const id of [...all].flatMap(({ Resources }) => Object.keys(Resources))) {
    const hash = /^\w*?[0-9A-F]{8}(?<hash>[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8})$/.exec(id)?.groups?.hash;
    if (hash) text = text.replaceAll(hash, 'Hash');
  }
  return JSON.parse(text);
}
