import type { IncomingMessage } from 'node:http';
import { type Answer, file, html, text } from './answer';
import type { Configuration } from './configuration';
import { Deadline } from './deadline';
import { DatabaseAway } from './failures';
import { RefusedForm, readDraft } from './form';
import type { Limits } from './limits';
import type { NewsTable } from './news';
import { Pages } from './page';
import { readPublicFiles } from './public-files';

type Handler = (request: IncomingMessage) => Promise<Answer>;

/** When a browser, or a crawler, may come again: a failover takes one to two minutes. */
const RETRY_AFTER = { 'retry-after': '15' };

/** What the site answers at which path. */
export class Site {
  private readonly pages: Pages;
  private readonly routes: ReadonlyMap<string, ReadonlyMap<string, Handler>>;

  constructor(
    private readonly configuration: Configuration,
    private readonly news: NewsTable,
    private readonly limits: Limits,
  ) {
    this.pages = new Pages(configuration);
    const files = [...readPublicFiles()].map(
      ([path, content]) => [path, new Map([['GET', async () => file(content)]])] as const,
    );
    this.routes = new Map<string, ReadonlyMap<string, Handler>>([
      ...files,
      ['/', new Map([['GET', () => this.home()]])],
      ['/news', new Map([['POST', (request: IncomingMessage) => this.add(request)]])],
      ['/healthz', new Map([['GET', () => this.health()]])],
      ['/readyz', new Map([['GET', () => this.readiness()]])],
    ]);
  }

  /** Answers a request; what it throws is a fault of the site. */
  async answer(request: IncomingMessage): Promise<Answer> {
    const route = this.routes.get(pathOf(request));
    if (!route) return html(404, this.pages.message('Not found', 'There is no such page.'));
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const handler = route.get(method);
    if (handler) return await handler(request);
    const allowed = [...route.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
    return html(405, this.pages.message('Not possible', 'This page can not be used like that.'), {
      allow: allowed.join(', '),
    });
  }

  /** What the visitor reads when the site itself is at fault. */
  fault(): Answer {
    return html(500, this.pages.message('Something went wrong', 'The fault is ours, and it has been noted.'));
  }

  private async home(): Promise<Answer> {
    try {
      return html(200, this.pages.home(await this.news.newest(new Deadline(this.limits.request))));
    } catch (error) {
      return this.away(error, 'The news can not be read at the moment. Please try again in a minute.');
    }
  }

  private async add(request: IncomingMessage): Promise<Answer> {
    if (!this.configuration.allowPosts) {
      return html(403, this.pages.message('Not allowed', 'Visitors can not add news here.'));
    }
    try {
      await this.news.add(await readDraft(request), new Deadline(this.limits.request));
      return text(303, 'See the news.', { location: '/' });
    } catch (error) {
      if (error instanceof RefusedForm) {
        return html(error.status, this.pages.message('Not published', error.message));
      }
      const unknown = error instanceof DatabaseAway && error.executed === 'unknown';
      return this.away(
        error,
        unknown
          ? 'The database was lost while it wrote. Please look whether your news is there before you send it again.'
          : 'Your news was not published, as the database is away. Please try again in a minute.',
      );
    }
  }

  /**
   * Does not ask the database. During a failover every server would fail the check at once: the load balancer would
   * have none left, and the Auto Scaling group would replace them all for a fault that is not theirs.
   */
  private async health(): Promise<Answer> {
    return text(200, 'ok');
  }

  /** Whether the database answers, for people and for alarms. */
  private async readiness(): Promise<Answer> {
    try {
      await this.news.answers(new Deadline(this.limits.statement));
      return text(200, 'ready');
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return text(503, `the database is away: ${error.reason}`, RETRY_AFTER);
    }
  }

  private away(error: unknown, message: string): Answer {
    if (!(error instanceof DatabaseAway)) throw error;
    return html(503, this.pages.message('The database is away', message), RETRY_AFTER);
  }
}

/** The path without the query, which may hold what is nobody's business. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}
