import { type FakeDatabase, FakeRegion } from './fake-region';
import { ACCOUNT, DRAIN_TIME, NAMES } from './workflow-stacks';

const MINUTE = 60_000;

/** How often somebody writes, how long that takes to be replicated, and when in a minute the lag is measured. */
const WRITING = 20_000;
const REPLICATION = 7_000;
const MEASURING = 50_000;

/**
 * Two regions of AWS, with what a system has in them, and people who write to its database all the time. Time passes when
 * somebody waits, and a little with each call.
 */
export class FakeRegions {
  /** By name. */
  readonly regions: Readonly<Record<string, FakeRegion>>;

  /** The region that the switch names. */
  active = NAMES.primaryRegion;

  /** All that people wrote and that was accepted. */
  readonly written: number[] = [];

  /** Regions whose step-back was asked for from the other region and waits to be run, by the execution's name. */
  readonly asked = new Map<string, string>();

  /** The newest copies of the database in the standby's vault, the newest one first. */
  copies: { readonly snapshotArn: string; readonly createdAt: string }[] = [];

  private now: number;
  private switchedAt = 0;
  private previous = NAMES.primaryRegion;
  private events: { readonly at: number; readonly what: () => void }[] = [];

  constructor(start = '2026-11-21T03:00:00.000Z') {
    this.now = Date.parse(start);
    this.regions = Object.fromEntries(
      [NAMES.primaryRegion, NAMES.standbyRegion].map((name) => [name, new FakeRegion(name, start)]),
    );
    this.primary.databases.set(NAMES.database, this.newDatabase());
    this.standby.databases.set(NAMES.database, this.newDatabase(this.arnOf(this.primary, NAMES.database)));
    this.pass(10 * MINUTE);
  }

  /** The primary's region. */
  get primary(): FakeRegion {
    return this.region(NAMES.primaryRegion);
  }

  /** The standby's region. */
  get standby(): FakeRegion {
    return this.region(NAMES.standbyRegion);
  }

  /** The time. */
  get time(): string {
    return new Date(this.now).toISOString();
  }

  /** A region by its name. */
  region(name: string): FakeRegion {
    const region = this.regions[name];
    if (!region) throw new Error(`there is no region ${name}`);
    return region;
  }

  /** The region in which a database is, by its ARN. */
  regionOf(arn: string): FakeRegion {
    return this.region(arn.split(':')[3] ?? '');
  }

  /** The ARN of a database. */
  arnOf(region: FakeRegion, identifier: string): string {
    return `arn:aws:rds:${region.name}:${ACCOUNT}:db:${identifier}`;
  }

  /** Throws the switch; clients notice by and by. */
  turn(region: string): void {
    if (region === this.active) return;
    this.previous = this.active;
    this.active = region;
    this.switchedAt = this.now;
  }

  /** A new database that has what its source has. */
  newDatabase(source?: string, settings: Readonly<Record<string, unknown>> = {}): FakeDatabase {
    const rows = source ? (this.sourceOf(source)?.rows ?? []) : [];
    return {
      status: 'available',
      ...(source && { source }),
      rows: [...rows],
      protected: settings.DeletionProtection === true,
      backupRetention: source ? 0 : 1,
      settings,
    };
  }

  /** Lets something happen later. */
  later(milliseconds: number, what: () => void): void {
    this.events.push({ at: this.now + milliseconds, what });
    this.events.sort((a, b) => a.at - b.at);
  }

  /** Lets time pass. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let next = this.nextMoment(); next <= end; next = this.nextMoment()) {
      this.now = next;
      while (this.events[0] && this.events[0].at <= next) this.events.shift()?.what();
      if (next % WRITING === 0) this.write();
      if (next % WRITING === REPLICATION) this.replicate();
      if (next % MINUTE === MEASURING) this.measure();
    }
    this.now = end;
  }

  /** Lets time pass until nothing is going on any more, and all that was written is replicated. */
  settle(): void {
    while (this.events.length > 0) this.pass(MINUTE);
    this.pass(MINUTE + MEASURING - (this.now % MINUTE));
  }

  /** When something happens next. */
  private nextMoment(): number {
    const next = (period: number, offset: number) =>
      (Math.floor((this.now - offset) / period) + 1) * period + offset;
    return Math.min(
      next(WRITING, 0),
      next(WRITING, REPLICATION),
      next(MINUTE, MEASURING),
      this.events[0]?.at ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Somebody writes, in the region that he was told of: for a while that is still the former one. */
  private write(): void {
    const drains = this.now - this.switchedAt < DRAIN_TIME.toMilliseconds() - MINUTE;
    const region = this.region(drains ? this.previous : this.active);
    const { database } = region;
    if (!region.alive || !database || database.source || database.status !== 'available') return;
    if (region.serversHost !== region.endpoint(NAMES.database)) return;
    database.rows.push(this.now);
    this.written.push(this.now);
  }

  private replicate(): void {
    for (const region of Object.values(this.regions)) {
      for (const replica of region.databases.values()) {
        const source = replica.source && this.sourceOf(replica.source);
        if (!source || !region.alive || replica.status !== 'available') continue;
        if (source.rows.length !== replica.rows.length) replica.rows = [...source.rows];
      }
    }
  }

  private measure(): void {
    for (const { alive, database, metrics } of Object.values(this.regions)) {
      if (!alive || !database?.source || database.status !== 'available') continue;
      const source = this.sourceOf(database.source);
      metrics.unshift({ time: this.now, lag: source ? source.rows.length - database.rows.length : -1 });
    }
  }

  /** The source of a replica, unless it does not answer. */
  private sourceOf(arn: string): FakeDatabase | undefined {
    const region = this.regionOf(arn);
    return region.alive ? region.databases.get(arn.split(':').at(-1) ?? '') : undefined;
  }
}
