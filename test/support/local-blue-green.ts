import { pageProblems } from '../../lambda/blue-green-service/page-problems';
import { SENDERS } from '../../lambda/shared/senders';
import { type Color, LocalLoadBalancer } from './local-load-balancer';
import { type Ending, type NoticeBoardOptions, NoticeBoardProcess } from './notice-board-process';

/** Milliseconds for the requests that run at the end of a version, as the construct's default has it. */
const DEREGISTRATION_DELAY = 30_000;

/** What is left of a version that has gone. */
export interface Retirement {
  readonly endings: readonly Ending[];
  /** Requests that still ran when the processes were told to stop. */
  readonly running: number;
}

/** A service behind a load balancer, released as ECS does it: the new version beside the old one, in the other group. */
export class LocalBlueGreen {
  private readonly tasks: Record<Color, NoticeBoardProcess[]> = { blue: [], green: [] };

  /** The group that users reach. */
  private current: Color = 'blue';

  private constructor(
    private readonly loadBalancer: LocalLoadBalancer,
    private readonly count: number,
  ) {}

  /**
   * Starts the first version, and waits until it is healthy.
   *
   * @param count the processes of each version
   */
  static async start(options: NoticeBoardOptions, count: number): Promise<LocalBlueGreen> {
    const service = new LocalBlueGreen(await LocalLoadBalancer.start(), count);
    await service.launch('blue', options);
    return service;
  }

  /** What users call. */
  get url(): string {
    return this.loadBalancer.production.url;
  }

  /** Starts a new version in the other group, waits until it is healthy, and leads the test listener to it. */
  async add(options: NoticeBoardOptions): Promise<void> {
    await this.launch(this.other, options);
    this.loadBalancer.test.weights = weightsOf(this.other, 100);
  }

  /** What the release's own validation finds wrong with what the test listener shows. */
  async problems(version: string): Promise<string[]> {
    const [[protocol, send] = []] = SENDERS;
    if (!protocol || !send) throw new Error('there is no sender');
    const settings = {
      loadBalancer: '',
      protocol,
      send,
      port: this.loadBalancer.test.port,
      host: '',
      checks: [{ path: '/readyz', status: 200 }],
      versionPath: '/version',
      repositoryUri: '',
      containerName: '',
      patienceSeconds: 0,
    };
    return pageProblems(settings, ['127.0.0.1'], version);
  }

  /** Leads so many percent of the users to the new version. */
  shift(percent: number): void {
    this.loadBalancer.production.weights = weightsOf(this.other, percent);
  }

  /**
   * After a shift of all users: drains the old version and stops it. The new one is the current one then.
   *
   * @param delay the deregistration delay in milliseconds; that of the construct where it is left out
   */
  async retire(delay = DEREGISTRATION_DELAY): Promise<Retirement> {
    const old = this.current;
    this.current = this.other;
    return this.remove(old, delay);
  }

  /** Gives the new version up. */
  async withdraw(): Promise<Retirement> {
    this.loadBalancer.test.weights = weightsOf(this.current, 100);
    return this.remove(this.other, DEREGISTRATION_DELAY);
  }

  /** Stops the processes of the current version, though the load balancer still leads to them. */
  async stopUndrained(): Promise<readonly Ending[]> {
    return Promise.all(this.tasks[this.current].map((task) => task.stop()));
  }

  /** Takes a group's processes out of the load balancer, and stops them when nothing runs, or after the delay. */
  private async remove(color: Color, delay: number): Promise<Retirement> {
    const left = await Promise.all(
      this.tasks[color].map(({ url }) => this.loadBalancer.groups[color].deregister(url, delay)),
    );
    const endings = await Promise.all(this.tasks[color].map((task) => task.stop()));
    this.tasks[color] = [];
    return { endings, running: left.reduce((sum, running) => sum + running, 0) };
  }

  /** Ends all that still runs. */
  async close(): Promise<void> {
    await this.loadBalancer.close();
    const tasks = Object.values(this.tasks).flat();
    await Promise.all(tasks.map((task) => task.end('SIGKILL')));
  }

  private get other(): Color {
    return this.current === 'blue' ? 'green' : 'blue';
  }

  private async launch(color: Color, options: NoticeBoardOptions): Promise<void> {
    const started = await Promise.allSettled(
      Array.from({ length: this.count }, () => NoticeBoardProcess.start(options)),
    );
    this.tasks[color] = started.flatMap((task) => (task.status === 'fulfilled' ? [task.value] : []));
    const failed = started.find((task) => task.status === 'rejected');
    if (failed) throw failed.reason;
    await Promise.all(this.tasks[color].map(({ url }) => this.loadBalancer.groups[color].register(url)));
  }
}

function weightsOf(color: Color, percent: number): Record<Color, number> {
  return color === 'green'
    ? { green: percent, blue: 100 - percent }
    : { blue: percent, green: 100 - percent };
}
