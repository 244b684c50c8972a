import { create, within } from './elements';
import { Problem } from './problem';

/** Where a part of the page says what happened. Screen readers read it aloud, problems at once. */
export class Messages {
  private readonly status: HTMLElement;
  private readonly alert: HTMLElement;

  /** Takes an element in which one has the role `status` and one `alert`, since only what is there from the start is read. */
  constructor(part: ParentNode) {
    this.status = within(part, '[role=status]', HTMLElement);
    this.alert = within(part, '[role=alert]', HTMLElement);
  }

  /** Says how things go. */
  say(text: string): void {
    this.alert.replaceChildren();
    this.status.textContent = text;
  }

  /** Says what went wrong, and offers what may follow it. */
  complain(error: unknown, ...offers: readonly HTMLElement[]): void {
    const problem =
      error instanceof Problem ? error : new Problem(0, 'This page has a fault.', 'Load it again, please.');
    if (problem !== error) reportError(error);
    this.status.textContent = '';
    this.alert.replaceChildren(...contentOf(problem), ...offers);
    this.alert.scrollIntoView({ block: 'nearest' });
  }

  /** Removes what was said. */
  clear(): void {
    this.say('');
  }
}

/** How the page calls what the API names otherwise. */
const LABELS: Partial<Record<string, string>> = {
  title: 'Title',
  description: 'Description',
  expiresAt: 'Keep until',
};

function contentOf({ title, detail, errors, correlationId }: Problem): HTMLElement[] {
  return [
    create('p', create('strong', title), detail && ` ${detail}`),
    ...(errors.length > 0
      ? [
          create(
            'ul',
            ...errors.map(({ path, message }) => create('li', path && `${LABELS[path] ?? path}: `, message)),
          ),
        ]
      : []),
    ...(correlationId ? [create('p', 'Correlation id: ', create('code', correlationId))] : []),
  ];
}
