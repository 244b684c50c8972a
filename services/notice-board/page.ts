import { cursorAfter } from './cursor';
import type { Notice, NoticePage } from './notices';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** Makes text what it looks like, in an element and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** The board as a page: no script, and nothing of another origin. */
export function renderPage({ notices, last }: NoticePage, version: string): string {
  const items = notices.map(article).join('') || '<p>There are no notices.</p>\n';
  const older = last ? `<p><a href="/?next=${cursorAfter(last)}" rel="next">Older notices</a></p>\n` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notice board</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Notice board</a></header>
<main>
<h1>Notices</h1>
${items}${older}</main>
<footer>Version ${escapeHtml(version)}</footer>
</body>
</html>
`;
}

function article({ title, body, postedAt }: Notice): string {
  const time = `<time datetime="${escapeHtml(postedAt)}">${DATE.format(new Date(postedAt))} UTC</time>`;
  return `<article><h2>${escapeHtml(title)}</h2><p>${time}</p><p>${escapeHtml(body)}</p></article>\n`;
}
