import type { Configuration } from './configuration';
import { MOST_CHARACTERS, type News } from './news';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes text what it looks like, in an element and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** The pages of the site. Style, script and logo come from elsewhere, so that nothing of them is inline. */
export class Pages {
  constructor(private readonly configuration: Configuration) {}

  /** The home page. */
  home(news: readonly News[]): string {
    const items = news.map(article).join('');
    const form = this.configuration.allowPosts ? FORM : '';
    return this.frame('News', `${items || '<p>There is no news yet.</p>'}${form}`);
  }

  /** A page with one message. */
  message(heading: string, text: string): string {
    return this.frame(heading, `<p>${escapeHtml(text)}</p><p><a href="/">Back to the news</a></p>`);
  }

  private frame(heading: string, content: string): string {
    const { siteTitle, serverId, serverZone } = this.configuration;
    const title = escapeHtml(siteTitle);
    const server = escapeHtml(
      `${serverId ?? 'a server without a name'}${serverZone ? ` in ${serverZone}` : ''}`,
    );
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading)} – ${title}</title>
<link rel="icon" href="/image/logo.svg">
<link rel="stylesheet" href="/stylesheet/site.css">
<script src="/javascript/site.js" defer></script>
</head>
<body>
<header><img src="/image/logo.svg" alt="" width="48" height="48"> ${title}</header>
<main>
<h1>${escapeHtml(heading)}</h1>
${content}
</main>
<footer>Answered by ${server}.</footer>
</body>
</html>
`;
  }
}

function article({ title, body, publishedAt }: News): string {
  const time = `<time datetime="${publishedAt.toISOString()}">${DATE.format(publishedAt)} UTC</time>`;
  return `<article><h2>${escapeHtml(title)}</h2><p>${time}</p><p>${escapeHtml(body)}</p></article>\n`;
}

const FORM = `<h2>Add news</h2>
<form method="post" action="/news">
<p><label for="title">Title</label><br>
<input id="title" name="title" required maxlength="${MOST_CHARACTERS.title}"></p>
<p><label for="body">Text</label><br>
<textarea id="body" name="body" required maxlength="${MOST_CHARACTERS.body}" rows="6"></textarea></p>
<p><button>Publish</button></p>
</form>`;
