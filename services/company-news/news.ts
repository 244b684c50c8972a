import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Database } from './database';
import type { Deadline } from './deadline';
import { codeOf } from './failures';

/** What a visitor writes. */
export interface Draft {
  readonly title: string;
  readonly body: string;
}

/** One piece of news. */
export interface News extends Draft {
  readonly id: number;
  readonly publishedAt: Date;
}

/** The most that the table takes, in characters. */
export const MOST_CHARACTERS: Readonly<Record<keyof Draft, number>> = { title: 120, body: 4_000 };

/**
 * One statement, so that servers which start together make one table with one first row: who comes second finds the
 * table and leaves it as it is.
 */
const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS news (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(${MOST_CHARACTERS.title}) NOT NULL,
    body TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY newest (published_at)
  ) CHARACTER SET utf8mb4
  SELECT 'Welcome' AS title, 'The site has found its database. This row is the first in it.' AS body`;

/** UNIX_TIMESTAMP, since the time zone of a session can't change it. */
const SELECT_NEWEST = `
  SELECT id, title, body, UNIX_TIMESTAMP(published_at) AS seconds
  FROM news ORDER BY published_at DESC, id DESC LIMIT 10`;

type Row = RowDataPacket & Draft & { readonly id: number; readonly seconds: number };

/** The table of news. */
export class NewsTable {
  constructor(private readonly database: Database) {}

  /** The ten newest, newest first. */
  async newest(deadline: Deadline): Promise<News[]> {
    const select = async (connection: Connection) => (await connection.query<Row[]>(SELECT_NEWEST))[0];
    const rows = await this.withTable(() => this.database.idempotent(select, deadline), deadline);
    return rows.map(({ id, title, body, seconds }) => ({
      id,
      title,
      body,
      publishedAt: new Date(seconds * 1_000),
    }));
  }

  /** Adds one. The values travel apart from the statement. */
  async add({ title, body }: Draft, deadline: Deadline): Promise<void> {
    const insert = (connection: Connection) =>
      connection.execute('INSERT INTO news (title, body) VALUES (?, ?)', [title, body]);
    await this.withTable(() => this.database.atMostOnce(insert, deadline), deadline);
  }

  /** Whether the database answers. */
  async answers(deadline: Deadline): Promise<void> {
    await this.database.idempotent((connection) => connection.query('SELECT 1'), deadline);
  }

  /** Makes the table where MySQL misses it: the servers come up before the database does, and it may be restored. */
  private async withTable<T>(use: () => Promise<T>, deadline: Deadline): Promise<T> {
    try {
      return await use();
    } catch (error) {
      if (codeOf(error) !== 'ER_NO_SUCH_TABLE') throw error;
    }
    await this.database.idempotent((connection) => connection.query(CREATE_TABLE), deadline);
    return use();
  }
}
