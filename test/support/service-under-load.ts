import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { LocalBlueGreen } from './local-blue-green';
import { type LocalDynamoDb, startDynamoDb } from './local-dynamodb';
import type { NoticeBoardOptions } from './notice-board-process';
import { type Outcome, SteadyLoad } from './steady-load';

/** Milliseconds of a slow answer of the table. */
const SLOW = 500;

/** What a test may change of a version. */
export type VersionOptions = Partial<Pick<NoticeBoardOptions, 'hasty' | 'tableName'>>;

/** The service with a table, and users who do not stop to ask: reads, writes, and one request in six that takes long. */
export class ServiceUnderLoad {
  private constructor(
    private readonly table: LocalDynamoDb,
    readonly service: LocalBlueGreen,
    readonly load: SteadyLoad,
    /** How many slow requests have come to the table. */
    readonly slowRequests: () => number,
  ) {}

  /**
   * Starts v1.
   *
   * @param perSecond requests a second; 0 leaves them to the test
   * @param processes of each version
   */
  static async start(
    perSecond: number,
    processes: number,
    options: VersionOptions = {},
  ): Promise<ServiceUnderLoad> {
    let slow = 0;
    const table = await startDynamoDb({
      delayOf: (name) => {
        if (name !== 'DeleteItem') return 0;
        slow += 1;
        return SLOW;
      },
    });
    try {
      const service = await LocalBlueGreen.start(versionOf(table, 'v1', options), processes);
      return new ServiceUnderLoad(table, service, new SteadyLoad(service.url, perSecond), () => slow);
    } catch (error) {
      await table.close();
      throw error;
    }
  }

  /** Starts v2 beside v1, where no user reaches it. */
  add(options: VersionOptions = {}): Promise<void> {
    return this.service.add(versionOf(this.table, 'v2', options));
  }

  /** The titles in the table, in order; each belongs to one request. */
  async titles(): Promise<string[]> {
    const { documents, tableName } = this.table;
    const { Items = [], LastEvaluatedKey } = await documents.send(new ScanCommand({ TableName: tableName }));
    if (LastEvaluatedKey) throw new Error('the table has more notices than one answer holds');
    return Items.map(({ title }) => String(title)).sort();
  }

  /** Ends the users first, then what they use. */
  async close(): Promise<void> {
    await this.load.stop();
    await this.service.close();
    await this.table.close();
  }
}

function versionOf(table: LocalDynamoDb, version: string, options: VersionOptions): NoticeBoardOptions {
  return { version, endpoint: table.endpoint, tableName: table.tableName, ...options };
}

/** Why requests failed. */
export const problemsOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ problem }) => problem ?? []);

/** Which versions answered those who asked for it. */
export const versionsOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ version }) => version ?? []);
