import { expect, vi } from 'vitest';
import type { CustomResourceEvent } from '../../lambda/shared/custom-resource';
import type { FakeClusterNetwork } from './fake-cluster-network';
import { queryOf } from './fake-operations';
import { type LocalService, startService, stubFunction } from './local-service';

/** A custom resource's function, with a CloudFormation and a network of its own. */
export interface ClusterFunction {
  /**
   * Calls it as CloudFormation does.
   *
   * @param seconds how long the function may last; each pause takes its time, and a look takes one second
   * @returns what CloudFormation was told
   */
  call(event: Partial<CustomResourceEvent>, seconds?: number): Promise<Record<string, unknown>>;

  /** The operations that AWS was asked for. */
  asked(): string[];

  /** Lets nobody listen at AWS's address any more. */
  cutOff(): Promise<void>;
  close(): Promise<void>;
}

/** The milliseconds that functions waited. */
export const pauses: number[] = [];

/** What happens while a function waits. */
let meanwhile: (() => void) | undefined;

/** Stands for a pause, and takes no time: a test file puts it into `node:timers/promises`. */
export async function noPause(milliseconds: number): Promise<void> {
  pauses.push(milliseconds);
  meanwhile?.();
}

/** Sets a function up. */
export async function setUpFunction(
  name: 'await-removal' | 'find-load-balancer',
  network: FakeClusterNetwork,
  whileItWaits?: () => void,
): Promise<ClusterFunction> {
  const services: LocalService[] = await Promise.all([
    startService((request) => network.answer(request)),
    startService(() => ({})),
  ]);
  const [aws, cloudFormation] = services;
  if (!aws || !cloudFormation) throw new Error('a service did not start');
  pauses.length = 0;
  meanwhile = whileItWaits;
  stubFunction(aws.url, {});
  const { handler } =
    name === 'await-removal'
      ? await import('../../lambda/microservices/await-removal.js')
      : await import('../../lambda/microservices/find-load-balancer.js');
  return {
    call: async (event, seconds = 900) => {
      let left = seconds * 1000;
      const context = {
        getRemainingTimeInMillis: () => {
          left -= 1000;
          return left - pauses.reduce((sum, pause) => sum + pause, 0);
        },
      };
      const request: CustomResourceEvent = {
        RequestType: 'Create',
        ResponseURL: `${cloudFormation.url}answer`,
        StackId: 'arn:aws:cloudformation:ap-northeast-3:123456789012:stack/shop/1',
        RequestId: 'request',
        LogicalResourceId: 'Resource',
        ResourceProperties: {},
        ...event,
      };
      const outcome = await handler(request, context);
      expect(cloudFormation.requests).toHaveLength(1);
      const { LogicalResourceId, RequestId, StackId, ...told } = JSON.parse(
        cloudFormation.requests[0]?.body ?? '',
      );
      expect({ LogicalResourceId, RequestId, StackId }).toEqual({
        LogicalResourceId: 'Resource',
        RequestId: 'request',
        StackId: request.StackId,
      });
      expect(outcome).toEqual(told);
      return told;
    },
    asked: () => aws.requests.map((request) => queryOf(request).Action ?? ''),
    cutOff: () => aws.close(),
    close: async () => {
      vi.unstubAllEnvs();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}
