/** The element of the page with an id; throws if there is none of that kind. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  return check(document.getElementById(id), kind, `#${id}`);
}

/** The element within another; throws if there is none of that kind. */
export function within<T extends HTMLElement>(parent: ParentNode, selector: string, kind: new () => T): T {
  return check(parent.querySelector(selector), kind, selector);
}

function check<T extends HTMLElement>(element: Element | null, kind: new () => T, name: string): T {
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} ${name}`);
}

/** A new element. Text goes in as text, whatever characters it has. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

/**
 * Runs an action at each submission of a form. The button stays enabled meanwhile, since it would lose the focus
 * otherwise; a second submission is ignored.
 */
export function onSubmit(form: HTMLFormElement, action: () => Promise<void>): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void unlessBusy(form, action);
  });
}

/** Runs an action at each click of a button; a click while it runs is ignored. */
export function onClick(button: HTMLButtonElement, action: () => Promise<void>): void {
  button.addEventListener('click', () => void unlessBusy(button, action));
}

async function unlessBusy(element: HTMLElement, action: () => Promise<void>): Promise<void> {
  if (element.getAttribute('aria-busy') === 'true') return;
  element.setAttribute('aria-busy', 'true');
  try {
    await action();
  } finally {
    element.removeAttribute('aria-busy');
  }
}
