/** A notice as readers see it. */
export interface Notice {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** When it was posted: ISO 8601, UTC. */
  readonly postedAt: string;
}

/** What a writer gives. */
export interface Draft {
  readonly title: string;
  readonly body: string;
}

/** The newest notices, or those after a cursor. */
export interface NoticePage {
  readonly notices: readonly Notice[];
  /** The id of the page's last notice, where older ones follow. */
  readonly last?: string;
}

/** Where notices are kept. */
export interface NoticeStore {
  /** Newest first, `limit` at most, older than the notice `after`. */
  list(limit: number, after?: string): Promise<NoticePage>;
  get(id: string): Promise<Notice | undefined>;
  add(draft: Draft): Promise<Notice>;
  /** Removes it; that it is not there is no error. */
  remove(id: string): Promise<void>;
  /** Ends well when the store answers. */
  check(): Promise<void>;
  /** Ends its connections. */
  close(): void;
}
