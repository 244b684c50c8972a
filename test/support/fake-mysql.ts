import { createHash } from 'node:crypto';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { type Connection, createServer } from 'mysql2';

interface Row {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly seconds: number;
}

/** What two servers of a Multi-AZ database have in common: the storage and the password. */
export interface Storage {
  password: string;
  table: Row[] | undefined;
}

/** How a server behaves: it works, cuts every connection, neither hears nor says anything, refuses to write, or ends. */
type Mood = 'works' | 'resets' | 'silent' | 'read-only' | 'shuts down';

const ACCESS_DENIED = 1045;
const SERVER_SHUTDOWN = 1053;
const READ_ONLY = 1290;
const NO_SUCH_TABLE = 1146;

/** MySQL 4.1 and up, without TLS and local_infile, which the client asks for where the server has it. */
const CAPABILITIES = 0x00ffffff & ~0x800 & ~0x20;

const sha1 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Speaks the protocol of MySQL on a free port, as far as the news need it. */
export class FakeMySql {
  /** Every statement that arrived, in order. */
  readonly statements: string[] = [];

  /** What happens to the next INSERT instead of its answer, once it is executed. */
  loseNextInsert = false;

  /** The connections that the client ended with COM_QUIT, which MySQL does not count as aborted. */
  goodbyes = 0;
  private mood: Mood = 'works';
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((connection) => this.greet(connection));

  constructor(private readonly storage: Storage) {}

  async listen(): Promise<number> {
    this.server.listen(0);
    const server = this.netServer();
    await new Promise<void>((resolve) => server.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  }

  /** Changes the mood for the connections that there are and those that come. */
  turn(mood: Mood): void {
    this.mood = mood;
    if (mood === 'resets') this.cut();
    if (mood === 'silent') for (const socket of this.sockets) socket.pause();
  }

  /** The connections that are open at this moment. */
  get connections(): number {
    return this.sockets.size;
  }

  close(): void {
    this.netServer().close();
    this.cut();
  }

  private cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** mysql2 keeps its server in a field that its types do not name. */
  private netServer(): NetServer {
    return (this.server as unknown as { _server: NetServer })._server;
  }

  private greet(connection: Connection): void {
    const socket = (connection as unknown as { stream: Socket }).stream;
    socket.setNoDelay();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    connection.on('error', () => socket.destroy());
    if (this.mood === 'resets') socket.resetAndDestroy();
    if (this.mood === 'silent') socket.pause();
    if (this.mood === 'resets' || this.mood === 'silent') return;
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.4.0 fake',
      connectionId: this.sockets.size,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: CAPABILITIES,
      authCallback: (
        login: Handshake,
        done: (error: null, refusal?: { message: string; code: number }) => void,
      ) => {
        done(null, this.knows(login) ? undefined : { message: 'Access denied', code: ACCESS_DENIED });
        connection.sequenceId = 0;
      },
    });
    // mysql2 leaves it to its user to count the packets of each command anew.
    const onCommand = <T extends unknown[]>(command: string, react: (...values: T) => void) => {
      connection.on(command, (...values: T) => {
        connection.sequenceId = 1;
        react(...values);
        connection.sequenceId = 0;
      });
    };
    onCommand('query', (sql: string) => this.answer(connection, sql));
    onCommand('stmt_prepare', (sql: string) => this.prepare(connection, sql));
    onCommand('stmt_execute', (_id: number, _flags: number, _count: number, values: string[]) =>
      this.insert(connection, values),
    );
    onCommand('ping', () => connection.writeOk());
    onCommand('quit', () => {
      this.goodbyes += 1;
      socket.end();
    });
  }

  /** The proof of mysql_native_password: SHA1(password) XOR SHA1(seed + SHA1(SHA1(password))). */
  private knows({ authPluginData1, authPluginData2, authToken }: Handshake): boolean {
    const once = sha1(this.storage.password);
    const mask = sha1(authPluginData1, authPluginData2.subarray(0, 12), sha1(once));
    return authToken.equals(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
  }

  private answer(connection: Connection, sql: string): void {
    this.statements.push(sql.trim());
    const { table } = this.storage;
    if (this.mood === 'shuts down') {
      connection.writeError({ message: 'Server shutdown in progress', code: SERVER_SHUTDOWN });
    } else if (/^\s*CREATE TABLE IF NOT EXISTS news/.test(sql)) {
      this.storage.table ??= [{ id: 1, title: 'Welcome', body: 'The first row.', seconds: 1_767_225_600 }];
      connection.writeOk();
    } else if (sql === 'SELECT 1') {
      connection.writeTextResult([{ 1: 1 }], [integer('1')]);
    } else if (table) {
      const columns = [integer('id'), string('title'), string('body'), integer('seconds')];
      connection.writeTextResult(select(table, sql), columns);
    } else {
      connection.writeError({ message: 'no such table', code: NO_SUCH_TABLE });
    }
  }

  /** The answer to COM_STMT_PREPARE: statement 1. The client sends its values whatever is said about parameters. */
  private prepare(connection: Connection, sql: string): void {
    this.statements.push(sql.trim());
    const buffer = Buffer.from([12, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    connection.writePacket({
      buffer,
      length: () => buffer.length,
      writeHeader: (sequence: number) => buffer.writeUInt8(sequence, 3),
    });
  }

  private insert(connection: Connection, [title = '', body = '']: string[]): void {
    const { table } = this.storage;
    if (this.mood === 'read-only') {
      connection.writeError({ message: '--read-only', code: READ_ONLY });
    } else if (!table) {
      connection.writeError({ message: 'no such table', code: NO_SUCH_TABLE });
    } else {
      table.push({ id: table.length + 1, title, body, seconds: 1_767_225_600 + table.length });
      if (this.loseNextInsert) this.cut();
      else connection.writeOk();
      this.loseNextInsert = false;
    }
  }
}

interface Handshake {
  readonly authPluginData1: Buffer;
  readonly authPluginData2: Buffer;
  readonly authToken: Buffer;
}

/** As much of SELECT as the news use. */
function select(table: Row[], sql: string): Row[] {
  const sorted = sql.includes('ORDER BY published_at DESC')
    ? table.toSorted((one, other) => other.seconds - one.seconds)
    : table;
  return sorted.slice(0, Number(sql.match(/LIMIT (\d+)/)?.[1] ?? table.length));
}

/** A column of a result, as the protocol describes it: VAR_STRING, or LONGLONG. */
function column(name: string, columnType: number): object {
  const nothing = { catalog: 'def', schema: '', table: '', orgTable: '', orgName: '' };
  return { ...nothing, name, characterSet: 45, columnLength: 16_000, columnType, flags: 0, decimals: 0 };
}

const string = (name: string) => column(name, 253);
const integer = (name: string) => column(name, 8);
