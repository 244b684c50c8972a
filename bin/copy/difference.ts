import { createTwoFilesPatch } from 'diff';
import type { Step } from './plan';

/** The difference between a file of the project and that of the pattern, as `diff -u` shows it. */
export function differenceOf({ path, present, wanted }: Step): string {
  if (present?.includes(0) || wanted?.includes(0)) return `Binary files of ${path} differ\n`;
  const text = (content: Buffer | undefined) => content?.toString().replaceAll('\r\n', '\n') ?? '';
  return createTwoFilesPatch(`yours/${path}`, `pattern/${path}`, text(present), text(wanted), '', '', {
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}
