import { groupName, NAMES } from './workflow-stacks';

/** A database of a region. */
export interface FakeDatabase {
  status: string;

  /** The source's ARN, while it is a replica. */
  source?: string;

  /** What was written, in its order. */
  rows: number[];

  protected: boolean;
  backupRetention: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** An instance refresh. */
export interface FakeRefresh {
  readonly InstanceRefreshId: string;
  Status: string;
  StartTime?: string;
}

/** A parameter of Systems Manager. */
export interface FakeParameter {
  Value: string;
  Version: number;
  LastModifiedDate: string;
}

/** What there is of a system in a region. */
export class FakeRegion {
  /** Whether anything in the region answers. */
  alive = true;

  readonly databases = new Map<string, FakeDatabase>();
  readonly parameters = new Map<string, FakeParameter>();
  readonly group: { MinSize: number; MaxSize: number; DesiredCapacity: number };
  readonly refreshes: FakeRefresh[] = [];
  readonly metrics: { readonly time: number; readonly lag: number }[] = [];
  readonly messages: { readonly subject: string; readonly text: string }[] = [];

  /** Where the servers look for their database. */
  serversHost: string;

  /** The stack that is built from copies. */
  stack = { status: 'UPDATE_COMPLETE', builtOf: 'none', leadsHere: false, breaks: false, protects: false };

  constructor(
    readonly name: string,
    now: string,
  ) {
    this.serversHost = this.endpoint(NAMES.database);
    const isStandby = name === NAMES.standbyRegion;
    this.group = { MinSize: isStandby ? 1 : 2, MaxSize: 4, DesiredCapacity: isStandby ? 1 : 2 };
    for (const [parameter, Value] of [
      [NAMES.databaseHostParameter, this.serversHost],
      [NAMES.loadBalancerParameter, `balancer.${name}.elb.amazonaws.com`],
      [NAMES.standbyCapacityParameter, '1'],
      [NAMES.databaseCopyParameter, 'none'],
    ] as const) {
      this.parameters.set(parameter, { Value, Version: 1, LastModifiedDate: now });
    }
  }

  /** The database that serves, or would. */
  get database(): FakeDatabase | undefined {
    return this.databases.get(NAMES.database);
  }

  /** The address of a database. */
  endpoint(identifier: string): string {
    return `${identifier}.abc.${this.name}.rds.amazonaws.com`;
  }

  /** A parameter's value. */
  value(parameter: string): string | undefined {
    return this.parameters.get(parameter)?.Value;
  }

  /** The name of the group of servers. */
  get groupName(): string {
    return groupName(this.name);
  }
}

/** A failure as Step Functions sees it. */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
