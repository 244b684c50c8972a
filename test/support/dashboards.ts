import { type StackTemplate, theOnly } from './apps';
import { textOf } from './fleet';

/** A part of a dashboard. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly properties: { readonly region?: string; readonly metrics?: unknown[][]; readonly title?: string };
}

/** The widgets of a dashboard, row by row. */
export function rowsOf(template: StackTemplate): Widget[][] {
  const { DashboardBody } = theOnly(template, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets } = JSON.parse(textOf(DashboardBody)) as { widgets: Widget[] };
  const heights = [...new Set(widgets.map(({ y }) => y))].toSorted((one, other) => one - other);
  return heights.map((height) =>
    widgets.filter(({ y }) => y === height).toSorted((one, other) => one.x - other.x),
  );
}
