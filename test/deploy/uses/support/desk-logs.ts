import assert from 'node:assert/strict';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { until } from '../../support/polling';
import type { DeployedStack } from '../../support/stacks';
import { type Ask, functionOf, problemOf, type Service } from './desk';
import { UNKNOWN_ID } from './documents';

type Line = Record<string, unknown>;

/** What Lambda and Node.js write themselves, where they write no JSON. */
const NOT_OURS = /^(START|END|REPORT|INIT_START|EXTENSION|\(node:|\(Use `node )/;

/** The lines of a function's log with this message. */
export async function logLines(stack: DeployedStack, service: Service, message: string): Promise<Line[]> {
  return (await linesOf(stack, service)).filter((line) => line.message === message);
}

async function linesOf(stack: DeployedStack, service: Service): Promise<Line[]> {
  const { logGroup: logGroupName } = await functionOf(stack, service);
  const lines: Line[] = [];
  const pages = paginateFilterLogEvents({ client: stack.aws.logs }, { logGroupName });
  for await (const { events = [] } of pages) {
    for (const { message = '' } of events) {
      for (const text of message.split('\n').filter((part) => part && !NOT_OURS.test(part)))
        lines.push(JSON.parse(text));
    }
  }
  return lines;
}

/** Shows that an error can be found in the log by the id that its reader was told, and what the log does not hold. */
export async function logs(stack: DeployedStack, ask: Ask): Promise<void> {
  const headers = { 'x-probe': 'nothing-for-the-log' };
  const answer = await ask('GET', `/documents/${UNKNOWN_ID}`, { headers });
  const { correlationId } = await problemOf(answer, 404);
  const [line, ...others] = await until('the line of a request', async () => {
    const answered = await logLines(stack, 'api', 'answered');
    const lines = answered.filter(({ correlation_id }) => correlation_id === correlationId);
    return lines.length > 0 ? lines : undefined;
  });
  assert.deepEqual(others, []);
  const { level, route, service, stage, status } = line ?? {};
  assert.deepEqual(
    { level, service, stage, status },
    { level: 'INFO', service: 'api', stage: 'dev', status: 404 },
  );
  assert.match(String(route), /documents/);
  const groups = await stack.idsOf('AWS::Logs::LogGroup');
  for (const name of ['api', 'uploads', 'clean-up'] as const) {
    const { configuration, logGroup } = await functionOf(stack, name);
    assert.ok(groups.includes(logGroup), `${logGroup} is none of the stack's`);
    assert.equal(configuration.LoggingConfig?.LogFormat, 'JSON');
    const lines = await linesOf(stack, name);
    assert.ok(lines.length > 0, `${name} has logged nothing`);
    assert.doesNotMatch(JSON.stringify(lines), /nothing-for-the-log|X-Amz-Signature|eyJ[\w-]+\.eyJ/);
  }
}
