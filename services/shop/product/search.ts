import type { ProductDraft } from './model';

/** The most words of a search that count. */
const MOST_WORDS = 5;

/** How much of a name decides its place in lists; the index takes 1,024 bytes. */
const SORTED_CHARACTERS = 60;

/** A place in the list of products: after this product. */
export interface Place {
  readonly category: string;
  readonly byName: string;
  readonly productId: string;
}

/** The form of a written place. */
export const PLACE = /^[a-z0-9-]{1,40} [a-z0-9-]{1,64} [^\n]{1,400}$/;

/** Makes texts the same that people take for the same: ＡＢＣ and abc, カ and ｶ. */
function normalized(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The words of a search, each of which has to be in a product's text. */
export function wordsOf(query: string | undefined): readonly string[] {
  const words = normalized(query ?? '').split(' ');
  return [...new Set(words)].filter((word) => word !== '').slice(0, MOST_WORDS);
}

/** The text in which words are looked for. */
export function searchTextOf({ name, description }: ProductDraft): string {
  return normalized(`${name} ${description}`);
}

/** What lists are sorted by, within a category. */
export function sortNameOf({ name }: ProductDraft): string {
  return normalized(name).slice(0, SORTED_CHARACTERS);
}

/** Writes a place as one text. */
export function writtenPlace({ category, productId, byName }: Place): string {
  return `${category} ${productId} ${byName}`;
}

/** Reads what {@link writtenPlace} wrote, which has the form {@link PLACE}. */
export function readPlace(written: string): Place {
  const [category = '', productId = '', ...words] = written.split(' ');
  return { category, productId, byName: words.join(' ') };
}
