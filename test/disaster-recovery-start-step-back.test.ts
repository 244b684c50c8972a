import { afterEach, expect, test, vi } from 'vitest';
import {
  type LocalService,
  operationOf,
  type ServiceAnswer,
  signedRegion,
  startService,
  stubFunction,
} from './support/local-service';

const STATE_MACHINE_ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:intranet-step-back';
const EXECUTION_ARN = 'arn:aws:states:ap-northeast-1:123456789012:execution:intranet-step-back:planned-1';

let service: LocalService | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await service?.close();
});

async function load(answer: ServiceAnswer, environment: Readonly<Record<string, string | undefined>> = {}) {
  service = await startService(() => answer);
  stubFunction(service.url, { STATE_MACHINE_ARN, OTHER_REGION: 'ap-northeast-1', ...environment });
  const { handler } = await import('../lambda/disaster-recovery/start-step-back.js');
  return { handler, requests: service.requests };
}

test('starts the workflow of the other region under the name of the execution that asks', async () => {
  const { handler, requests } = await load({ body: { executionArn: EXECUTION_ARN, startDate: 1795251600 } });
  await expect(handler({ execution: 'planned-1' })).resolves.toEqual({ executionArn: EXECUTION_ARN });
  expect(requests.map(operationOf)).toEqual([
    {
      operation: 'StartExecution',
      input: { stateMachineArn: STATE_MACHINE_ARN, name: 'planned-1', input: '{}' },
    },
  ]);
  expect(requests.map(signedRegion)).toEqual(['ap-northeast-1']);
});

test('counts an execution of that name as started, also when it came to its end', async () => {
  const { handler } = await load({
    status: 400,
    body: { __type: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${EXECUTION_ARN}'` },
  });
  await expect(handler({ execution: 'planned-1' })).resolves.toEqual({ executionArn: EXECUTION_ARN });
});

test.each(['StateMachineDoesNotExist', 'AccessDeniedException'])('says by its name: %s', async (name) => {
  const { handler } = await load({ status: 400, body: { __type: name, message: 'no' } });
  await expect(handler({ execution: 'planned-1' })).rejects.toMatchObject({ name, message: 'no' });
});

test.each(['STATE_MACHINE_ARN', 'OTHER_REGION'])('does not start without %s', async (name) => {
  await expect(load({}, { [name]: undefined })).rejects.toThrow(
    `the environment variable ${name} is missing`,
  );
});
