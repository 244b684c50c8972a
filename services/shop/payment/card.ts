/** What a customer says of a card. It lives as long as the request. */
export interface Card {
  /** 12 to 19 digits. */
  readonly cardNumber: string;
  /** 1 to 12. */
  readonly expiryMonth: number;
  /** Four digits. */
  readonly expiryYear: number;
  readonly cardholder: string;
}

/** When a card ends: with the last moment of the month. */
export type Expiry = Pick<Card, 'expiryMonth' | 'expiryYear'>;

/** By which digits the number begins (https://www.iso.org/standard/70484.html, and what the schemes publish). */
const BRANDS: readonly (readonly [brand: string, beginning: RegExp])[] = [
  ['visa', /^4/],
  ['mastercard', /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/],
  ['amex', /^3[47]/],
  ['jcb', /^35(2[89]|[3-8])/],
  ['diners', /^3(0[0-5]|[68])/],
  ['discover', /^6(011|4[4-9]|5)/],
];

/** The scheme of a card; `other` where it is none of the usual ones. */
export function brandOf(cardNumber: string): string {
  return BRANDS.find(([, beginning]) => beginning.test(cardNumber))?.[0] ?? 'other';
}

/** Whether the last digit fits the others (Luhn): finds each wrong digit, and most swapped ones. */
export function isCardNumber(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) return false;
  let total = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    const digit = Number(digits.at(-place));
    const weighted = place % 2 === 0 ? digit * 2 : digit;
    total += weighted > 9 ? weighted - 9 : weighted;
  }
  return total % 10 === 0;
}

/**
 * Whether a card has ended. It is good until its month is over everywhere, twelve hours after UTC.
 *
 * @param now in milliseconds since 1970
 */
export function hasExpired({ expiryMonth, expiryYear }: Expiry, now: number): boolean {
  return now >= Date.UTC(expiryYear, expiryMonth) + 12 * 3_600_000;
}

/** Runs of digits as people write numbers of cards, with single spaces or dashes. */
const DIGITS = /\d(?:[ -]?\d){11,18}/g;

/** Text without numbers of cards: what others may put into paths never reaches the log. */
export function withoutCardNumbers(text: string): string {
  return text.replace(DIGITS, (run) => (isCardNumber(run.replaceAll(/\D/g, '')) ? '[card]' : run));
}
