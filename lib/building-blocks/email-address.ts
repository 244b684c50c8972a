import { Token } from 'aws-cdk-lib';
import type { Problems } from './problems';

/** Whether a text can be an e-mail address; only a mail that arrives tells whether it is one. */
export function isEmailAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}

/** Adds to `problems` an `alarmEmail` that can't be one. */
export function checkAlarmEmail(alarmEmail: string | undefined, problems: Problems): void {
  if (alarmEmail === undefined || Token.isUnresolved(alarmEmail) || isEmailAddress(alarmEmail)) return;
  problems.add('alarmEmail', alarmEmail, 'is no e-mail address.');
}
