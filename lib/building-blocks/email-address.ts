/** Whether a text can be an e-mail address; only a mail that arrives tells whether it is one. */
export function isEmailAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}
