import { get } from 'node:http';
import { until } from './poll';

/** Milliseconds between two health checks of a target; an ALB takes 5 s and more. */
const INTERVAL = 100;

/** Checks in a row that change a target's health. */
const THRESHOLD = 2;

/** Milliseconds that a check may take, long enough for a busy machine. */
const PATIENCE = 5_000;

/** A process behind the load balancer. */
export interface Target {
  readonly url: string;
  /** As an ALB names it. */
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  /** The requests that it has not answered to the end. */
  readonly running: number;
}

type Member = { -readonly [name in keyof Target]: Target[name] };

/** Targets of which the healthy ones take turns, like a target group of an ALB with the check `/healthz`. */
export class TargetGroup {
  private readonly members = new Map<string, Member>();
  private readonly checks = new Map<string, AbortController>();
  private turn = 0;

  /** Adds a target. It gets requests when it has passed its checks, for which this waits. */
  async register(url: string): Promise<void> {
    const member: Member = { url, state: 'initial', running: 0 };
    const check = new AbortController();
    this.members.set(url, member);
    this.checks.set(url, check);
    void watch(member, check.signal);
    await until(`${url} is healthy`, () => member.state === 'healthy');
  }

  /**
   * Sends a target no request any more, and waits for those that run, as an ALB does; its idle connections stay.
   *
   * @param delay the deregistration delay in milliseconds
   * @returns how many requests still run at its end: an ALB closes their connections, this leaves them to the target
   */
  async deregister(url: string, delay: number): Promise<number> {
    const member = this.members.get(url);
    if (!member) throw new Error(`${url} is no target of this group`);
    this.checks.get(url)?.abort();
    this.checks.delete(url);
    member.state = 'draining';
    const end = performance.now() + delay;
    await until(
      `${url} is unused`,
      () => member.running === 0 || performance.now() >= end,
      1 + delay / 1_000,
    );
    member.state = 'unused';
    this.members.delete(url);
    return member.running;
  }

  /** What the group knows of its targets. */
  get targets(): readonly Target[] {
    return [...this.members.values()];
  }

  /** The next healthy target, for one request; the function is to be called at the request's end. */
  take(): { readonly url: string; readonly release: () => void } | undefined {
    const healthy = [...this.members.values()].filter(({ state }) => state === 'healthy');
    const member = healthy[this.turn++ % healthy.length];
    if (!member) return undefined;
    member.running += 1;
    const release = () => {
      member.running -= 1;
    };
    return { url: member.url, release };
  }

  /** Ends the checks. */
  close(): void {
    for (const check of this.checks.values()) check.abort();
  }
}

/** Checks a target until it is deregistered. */
async function watch(member: Member, signal: AbortSignal): Promise<void> {
  let last: boolean | undefined;
  let times = 0;
  while (!signal.aborted) {
    const passed = await isHealthy(member.url);
    times = passed === last ? times + 1 : 1;
    last = passed;
    if (signal.aborted) return;
    if (times >= THRESHOLD) member.state = passed ? 'healthy' : 'unhealthy';
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

/** On a connection of its own, like those of an ALB. */
function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/healthz`, { agent: false, timeout: PATIENCE }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    request.on('timeout', () => request.destroy()).on('close', () => resolve(false));
    request.on('error', () => resolve(false));
  });
}
