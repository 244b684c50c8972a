/** The address of a document within the page. */
export const addressOf = (id: string): string => `#/${encodeURIComponent(id)}`;

/** The id of the document that the page's address names, or undefined for the list. */
export function documentIdIn(hash: string): string | undefined {
  try {
    return decodeURIComponent(/^#\/(.+)$/.exec(hash)?.[1] ?? '') || undefined;
  } catch {
    // Someone typed a percent sign.
    return undefined;
  }
}
