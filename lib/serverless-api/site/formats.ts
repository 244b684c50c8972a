const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const PLAIN_NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A moment, like 'Nov 21, 2026, 8:43 AM' in the person's time zone. */
export const momentText = (iso: string): string => MOMENT.format(new Date(iso));

/** The last day before a moment, like 'Nov 20, 2026' in the person's time zone. */
export const lastDayText = (iso: string): string => DAY.format(justBefore(iso));

/** The last day before a moment, as date fields want it, like '2026-11-20'. */
export const lastDayOf = (iso: string): string => dayOf(justBefore(iso));

/** The moment at which a day ends in the person's time zone, ISO 8601 in UTC; undefined for what is no day. */
export function endOfDay(day: string): string | undefined {
  const start = new Date(`${day}T00:00`);
  start.setDate(start.getDate() + 1);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** The days between which a document may expire: the API wants a moment in the next ten years. */
export function expiryDays(now = new Date()): { readonly first: string; readonly last: string } {
  const last = new Date(now);
  last.setFullYear(last.getFullYear() + 10);
  last.setDate(last.getDate() - 1);
  return { first: dayOf(now), last: dayOf(last) };
}

/** Bytes, like '25 MiB'. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 ** 2) return `${PLAIN_NUMBER.format(bytes / 1024)} KiB`;
  return `${PLAIN_NUMBER.format(bytes / 1024 ** 2)} MiB`;
}

const TYPES: Partial<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/zip': 'ZIP',
  'image/gif': 'GIF',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'text/csv': 'CSV',
  'text/plain': 'plain text',
};

/** What people call a media type, like 'PDF'. */
export const typeText = (mediaType: string): string => TYPES[mediaType] ?? mediaType;

/** A day that ends at midnight is the one before. */
const justBefore = (iso: string): Date => new Date(new Date(iso).getTime() - 1);

function dayOf(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
