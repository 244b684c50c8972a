import { setTimeout as pause } from 'node:timers/promises';
import type { Finding, ScanReport } from './repository';
import { SEVERITIES, type Severity } from './settings';

/** How long to wait for a scan, in milliseconds. */
export interface Patience {
  readonly total: number;
  readonly between: number;
}

const PATIENCE: Patience = { total: 600_000, between: 5_000 };

/** A basic scan ends COMPLETE; an image that Amazon Inspector watches stays ACTIVE. */
const DONE = new Set(['COMPLETE', 'ACTIVE']);
const GOES_ON = new Set(['IN_PROGRESS', 'PENDING']);

/** The scan, or the image itself, is not known in the first seconds after a push. */
const NOT_YET = new Set(['ScanNotFoundException', 'ImageNotFoundException']);

/** How many findings a table shows. */
const MOST_ROWS = 50;

/**
 * Waits until the image has been scanned.
 *
 * @param look asks the registry
 * @throws where the scan fails, is impossible, or does not end in time
 */
export async function waitForScan(look: () => Promise<ScanReport>, patience = PATIENCE): Promise<ScanReport> {
  const end = performance.now() + patience.total;
  for (;;) {
    const report = await lookOnce(look);
    if (report && DONE.has(report.status)) return report;
    if (report && !GOES_ON.has(report.status)) {
      throw new Error(
        `the image can't be judged: its scan is ${report.status}${report.description ? ` (${report.description})` : ''}`,
      );
    }
    if (performance.now() + patience.between > end) {
      throw new Error(
        `the image was not scanned within ${patience.total / 1_000} s: ${report?.status ?? 'there is no scan of it'}; is 'scan on push' on, and does ECR support the image's system?`,
      );
    }
    await pause(patience.between);
  }
}

async function lookOnce(look: () => Promise<ScanReport>): Promise<ScanReport | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Error && NOT_YET.has(error.name)) return undefined;
    throw error;
  }
}

/** What refuses an image. */
export interface Verdict {
  readonly refused: boolean;
  /** For the log of the build. */
  readonly text: string;
}

/** Refuses findings of `maxSeverity` and worse. */
export function judge({ counts, findings }: ScanReport, maxSeverity: Severity): Verdict {
  const tooBad: readonly string[] = SEVERITIES.slice(SEVERITIES.indexOf(maxSeverity));
  const total = Object.entries(counts)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
  const refusing = findings
    .filter(({ severity }) => tooBad.includes(severity))
    .sort((one, other) => tooBad.indexOf(other.severity) - tooBad.indexOf(one.severity));
  const refused = refusing.length > 0 || tooBad.some((severity) => (counts[severity] ?? 0) > 0);
  const text = [
    `The scan found ${total || 'nothing'}.`,
    ...(refused ? [`Findings of ${maxSeverity} or worse refuse the image:`, ...table(refusing)] : []),
  ].join('\n');
  return { refused, text };
}

function table(findings: readonly Finding[]): string[] {
  const rows = findings.slice(0, MOST_ROWS).map(({ severity, name, packages }) => [severity, name, packages]);
  const header = ['SEVERITY', 'NAME', 'PACKAGES'];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const left = findings.length - rows.length;
  return left > 0 ? [...lines, `and ${left} more`] : lines;
}
