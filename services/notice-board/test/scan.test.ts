import { expect, test } from 'vitest';
import type { ScanReport } from '../release/repository';
import { judge, waitForScan } from '../release/scan';

const PATIENCE = { total: 60, between: 5 };
const report = (status: string, more: Partial<ScanReport> = {}): ScanReport => ({
  status,
  counts: {},
  findings: [],
  ...more,
});
const named = (name: string) => Object.assign(new Error(`text of ${name}`), { name });

/** Answers one thing after the other, and the last one for ever. */
function answering(...answers: readonly (ScanReport | Error)[]): {
  look: () => Promise<ScanReport>;
  asked: () => number;
} {
  let asked = 0;
  return {
    asked: () => asked,
    async look() {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (answer instanceof Error) throw answer;
      if (!answer) throw new Error('the test has no answer');
      return answer;
    },
  };
}

test.each(['COMPLETE', 'ACTIVE'])(
  'a scan that is not there yet, and then goes on, is waited for until it is %s',
  async (end) => {
    const { look, asked } = answering(
      named('ImageNotFoundException'),
      named('ScanNotFoundException'),
      report('PENDING'),
      report('IN_PROGRESS'),
      report(end),
    );
    expect((await waitForScan(look, PATIENCE)).status).toBe(end);
    expect(asked()).toBe(5);
  },
);

test.each([
  ['FAILED', 'UnsupportedImageError: The operating system is not supported'],
  ['UNSUPPORTED_IMAGE', undefined],
  ['SCAN_ELIGIBILITY_EXPIRED', undefined],
])('a scan that is %s ends the build at once', async (status, description) => {
  const { look, asked } = answering(report(status, { description }));
  const why = description ? `${status} (${description})` : status;
  await expect(waitForScan(look, PATIENCE)).rejects.toThrow(`the image can't be judged: its scan is ${why}`);
  expect(asked()).toBe(1);
});

test('patience ends, and the build with it', async () => {
  const noScan = answering(named('ScanNotFoundException'));
  await expect(waitForScan(noScan.look, PATIENCE)).rejects.toThrow(
    /not scanned within 0\.06 s: there is no scan of it; is 'scan on push' on/,
  );
  expect(noScan.asked()).toBeGreaterThan(2);
  const endless = answering(report('IN_PROGRESS'));
  await expect(waitForScan(endless.look, PATIENCE)).rejects.toThrow('not scanned within 0.06 s: IN_PROGRESS');
});

test('other errors are not waited for', async () => {
  const { look, asked } = answering(named('AccessDeniedException'));
  await expect(waitForScan(look, PATIENCE)).rejects.toThrow('text of AccessDeniedException');
  expect(asked()).toBe(1);
});

const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

test.each(
  severities.flatMap((max, limit) => severities.map((found, level) => [max, found, level >= limit] as const)),
)('with MAX_SEVERITY=%s a finding of %s refuses: %s', (max, found, refused) => {
  expect(judge(report('COMPLETE', { counts: { [found]: 1 } }), max).refused).toBe(refused);
  const findings = [{ severity: found, name: 'CVE-1', packages: '' }];
  expect(judge(report('COMPLETE', { findings }), max).refused).toBe(refused);
});

test('what is without a severity refuses nothing, and is told', () => {
  const verdict = judge(report('COMPLETE', { counts: { INFORMATIONAL: 2, UNDEFINED: 1 } }), 'LOW');
  expect(verdict).toEqual({ refused: false, text: 'The scan found 2 INFORMATIONAL, 1 UNDEFINED.' });
  expect(judge(report('COMPLETE', { counts: { HIGH: 0 } }), 'LOW').refused).toBe(false);
});

test('a table shows what refuses the image, the worst first', () => {
  const findings = [
    { severity: 'LOW', name: 'CVE-2026-3', packages: 'tar 1' },
    { severity: 'HIGH', name: 'CVE-2026-20', packages: 'openssl 3.5.1' },
    { severity: 'CRITICAL', name: 'CVE-2026-1', packages: 'zlib 1.3' },
  ];
  const { text } = judge(report('COMPLETE', { counts: { LOW: 1, HIGH: 1, CRITICAL: 1 }, findings }), 'HIGH');
  expect(text.split('\n')).toEqual([
    'The scan found 1 LOW, 1 HIGH, 1 CRITICAL.',
    'Findings of HIGH or worse refuse the image:',
    'SEVERITY  NAME         PACKAGES',
    'CRITICAL  CVE-2026-1   zlib 1.3',
    'HIGH      CVE-2026-20  openssl 3.5.1',
  ]);
});

test('a table has an end', () => {
  const findings = Array.from({ length: 53 }, (_, index) => ({
    severity: 'HIGH',
    name: `CVE-${index}`,
    packages: '',
  }));
  const lines = judge(report('COMPLETE', { findings }), 'HIGH').text.split('\n');
  expect(lines.at(-1)).toBe('and 3 more');
  expect(lines).toHaveLength(54);
});
