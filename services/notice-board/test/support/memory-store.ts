import { noticeIds } from '../../notice-id';
import type { Draft, Notice, NoticePage, NoticeStore } from '../../notices';

/** Notices in memory, which fail or wait as a test says. */
export class MemoryStore implements NoticeStore {
  readonly kept = new Map<string, Notice>();
  checks = 0;
  isClosed = false;
  failure?: Error;
  /** What each call waits for. */
  gate: Promise<void> = Promise.resolve();
  private readonly nextId = noticeIds();

  async list(limit: number, after?: string): Promise<NoticePage> {
    await this.pass();
    const older = [...this.kept.values()].reverse().filter(({ id }) => after === undefined || id < after);
    const notices = older.slice(0, limit);
    return { notices, last: older.length > limit ? notices.at(-1)?.id : undefined };
  }

  async get(id: string): Promise<Notice | undefined> {
    await this.pass();
    return this.kept.get(id);
  }

  async add(draft: Draft): Promise<Notice> {
    await this.pass();
    const notice = { id: this.nextId(), ...draft, postedAt: '2026-11-21T15:00:00.000Z' };
    this.kept.set(notice.id, notice);
    return notice;
  }

  async remove(id: string): Promise<void> {
    await this.pass();
    this.kept.delete(id);
  }

  async check(): Promise<void> {
    this.checks += 1;
    await this.pass();
  }

  close(): void {
    this.isClosed = true;
  }

  private async pass(): Promise<void> {
    await this.gate;
    if (this.failure) throw this.failure;
  }
}
