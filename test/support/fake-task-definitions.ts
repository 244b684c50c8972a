import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { FakeFailure, type FakeOperation, type FakeOperations } from './fake-operations';

/** What stands before the names of resources of ECS. */
export const ECS_ACCOUNT = 'arn:aws:ecs:ap-northeast-1:123456789012';

export const FAMILY = 'board-notices';
export const CONTAINER = 'app';

/** The ARN of a revision. */
export const definitionArn = (revision: number, family = FAMILY): string =>
  `${ECS_ACCOUNT}:task-definition/${family}:${revision}`;

/** What is sent: times are numbers, in seconds since 1970. */
export type Wire<T> = { [Key in keyof T]: T[Key] extends Date | undefined ? number | undefined : T[Key] };

/** A revision that the fake holds. */
export interface FakeDefinition extends Wire<TaskDefinition> {
  tags: Tag[];
}

/** A page of a list. */
export function pageOf(
  entries: readonly unknown[],
  name: string,
  size: number,
  token: string,
): ReturnType<FakeOperation> {
  const first = Number(token);
  const next = first + size;
  return {
    [name]: entries.slice(first, next),
    ...(next < entries.length && { nextToken: `${next}` }),
  };
}

/** The task definitions of ECS. */
export class FakeTaskDefinitions {
  /** Seconds since 1970; each change takes one. */
  now = 1_795_251_600;

  readonly definitions: FakeDefinition[] = [];

  /** How many entries a page of a list has. */
  pageSize = 100;

  /** Registers a revision with a container that is released and one that is not. */
  define(props: {
    image: string;
    family?: string;
    tags?: Tag[];
    status?: 'ACTIVE' | 'INACTIVE';
  }): FakeDefinition {
    const { family = FAMILY, image, status = 'ACTIVE', tags = [{ key: 'Stage', value: 'Beta' }] } = props;
    return this.keep({
      family,
      status,
      tags,
      containerDefinitions: [
        { name: 'collector', image: 'public.ecr.aws/collector:1', essential: false },
        { name: CONTAINER, image, essential: true, environment: [{ name: 'PORT', value: '8080' }] },
      ],
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      volumes: [{ name: 'tmp' }],
    });
  }

  /** A revision by its ARN, or the newest active one of a family. */
  find(name: string): FakeDefinition {
    const found = this.definitions.findLast(
      ({ family, status, taskDefinitionArn }) =>
        taskDefinitionArn === name || (family === name && status === 'ACTIVE'),
    );
    if (!found) throw new FakeFailure('ClientException', 'The specified task definition does not exist.');
    return found;
  }

  /** The next second. */
  protected tick(): number {
    this.now += 1;
    return this.now;
  }

  protected readonly definitionOperations: FakeOperations = {
    DescribeTaskDefinition: ({ include, taskDefinition }) => {
      const found = this.find(`${taskDefinition}`);
      const { tags, ...definition } = found;
      return { taskDefinition: definition, ...((include as string[])?.includes('TAGS') && { tags }) };
    },
    ListTaskDefinitions: ({ familyPrefix, maxResults = 100, nextToken = '0', sort = 'ASC', status }) => {
      const arns = this.definitions
        .filter((each) => each.family?.startsWith(`${familyPrefix}`) && each.status === status)
        .map(({ taskDefinitionArn }) => taskDefinitionArn);
      if (sort === 'DESC') arns.reverse();
      return pageOf(arns, 'taskDefinitionArns', Math.min(Number(maxResults), this.pageSize), `${nextToken}`);
    },
    RegisterTaskDefinition: ({ tags = [], ...settings }) => {
      const unknown = Object.keys(settings).filter((name) => READ_ONLY.includes(name));
      if (unknown.length > 0) throw new FakeFailure('ClientException', `nobody may set ${unknown}`);
      if ((tags as Tag[]).some(({ key }) => key?.startsWith('aws:'))) {
        throw new FakeFailure('InvalidParameterException', 'Tag keys may not begin with aws:');
      }
      return { taskDefinition: this.keep({ status: 'ACTIVE', ...settings, tags: tags as Tag[] }) };
    },
    DeregisterTaskDefinition: ({ taskDefinition }) => {
      const found = this.find(`${taskDefinition}`);
      if (found.status === 'INACTIVE') throw inactive();
      found.status = 'INACTIVE';
      return { taskDefinition: found };
    },
    DeleteTaskDefinitions: ({ taskDefinitions }) => {
      const arns = taskDefinitions as string[];
      if (arns.length > 10) throw new FakeFailure('InvalidParameterException', 'at most 10');
      const failures: object[] = [];
      for (const arn of arns) {
        const index = this.definitions.findIndex((each) => each.taskDefinitionArn === arn);
        if (index < 0) failures.push({ arn, reason: 'MISSING' });
        else this.definitions.splice(index, 1);
      }
      return { failures };
    },
  };

  private keep(settings: Partial<FakeDefinition>): FakeDefinition {
    const revision = this.definitions.filter(({ family }) => family === settings.family).length + 1;
    const definition: FakeDefinition = {
      ...settings,
      tags: settings.tags ?? [],
      revision,
      taskDefinitionArn: definitionArn(revision, settings.family),
      registeredAt: this.tick(),
      registeredBy: 'arn:aws:iam::123456789012:role/somebody',
      requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
      compatibilities: ['EC2', 'FARGATE'],
    };
    this.definitions.push(definition);
    return definition;
  }
}

/** What a description holds and a registration must not. */
const READ_ONLY = [
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'requiresAttributes',
  'revision',
  'status',
  'taskDefinitionArn',
];

const inactive = () =>
  new FakeFailure('InvalidParameterException', 'The specified task definition is inactive.');
