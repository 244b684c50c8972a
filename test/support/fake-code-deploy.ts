import { FakeFailure, type FakeOperations } from './fake-operations';

/** The names that the fake's one group has. */
export const APPLICATION = 'board';
export const DEPLOYMENT_GROUP = 'notices';

/** A deployment that the fake holds. */
export interface FakeCodeDeployment {
  readonly deploymentId: string;

  /** Seconds since 1970. */
  readonly createTime: number;
  status: string;
  readonly description?: string;
  readonly revision?: unknown;
  errorInformation?: { code: string; message: string };
  rollbackInfo?: { rollbackMessage: string };
}

/** CodeDeploy with one group of deployments, of which one at most runs. */
export class FakeCodeDeploy {
  readonly deployments: FakeCodeDeployment[] = [];

  /** What hooks answered, by the identifiers of their executions. */
  readonly answers = new Map<string, string>();

  /** How many deployments a page of a list has. */
  pageSize = 100;

  constructor(private readonly now: () => number) {}

  /** Makes a deployment, as people may. */
  add(deployment: Partial<FakeCodeDeployment> = {}): FakeCodeDeployment {
    const made = {
      deploymentId: `d-${this.deployments.length + 1}`,
      createTime: this.now(),
      status: 'InProgress',
      ...deployment,
    };
    this.deployments.push(made);
    return made;
  }

  readonly operations: FakeOperations = {
    ListDeployments: (input) => {
      if (input.applicationName !== APPLICATION || input.deploymentGroupName !== DEPLOYMENT_GROUP) {
        throw new FakeFailure('DeploymentGroupDoesNotExistException');
      }
      const { start = 0 } = (input.createTimeRange ?? {}) as { start?: number };
      const statuses = input.includeOnlyStatuses as string[] | undefined;
      const found = this.deployments
        .filter(({ createTime, status }) => createTime >= start && (statuses?.includes(status) ?? true))
        .map(({ deploymentId }) => deploymentId)
        .reverse();
      const first = Number(input.nextToken ?? 0);
      const next = first + this.pageSize;
      return {
        deployments: found.slice(first, next),
        ...(next < found.length && { nextToken: `${next}` }),
      };
    },
    GetDeployment: ({ deploymentId }) => ({ deploymentInfo: this.find(`${deploymentId}`) }),
    CreateDeployment: ({ description, revision }) => {
      const running = this.deployments.find(({ status }) => status === 'InProgress');
      if (running) {
        throw new FakeFailure(
          'DeploymentLimitExceededException',
          `The Deployment Group '${DEPLOYMENT_GROUP}' already has an active Deployment '${running.deploymentId}'`,
        );
      }
      const { deploymentId } = this.add({ description: `${description}`, revision });
      return { deploymentId };
    },
    PutLifecycleEventHookExecutionStatus: ({ deploymentId, lifecycleEventHookExecutionId, status }) => {
      this.find(`${deploymentId}`);
      const id = `${lifecycleEventHookExecutionId}`;
      if (this.answers.has(id)) throw new FakeFailure('LifecycleEventAlreadyCompletedException');
      this.answers.set(id, `${status}`);
      return { lifecycleEventHookExecutionId };
    },
  };

  private find(id: string): FakeCodeDeployment {
    const found = this.deployments.find(({ deploymentId }) => deploymentId === id);
    if (!found) {
      throw new FakeFailure('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
    }
    return found;
  }
}
