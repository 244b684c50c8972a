import { byId, within } from './elements';

const VIEWS = ['sign-in-view', 'key-view', 'list-view', 'document-view'] as const;
type View = (typeof VIEWS)[number];

/** Shows one view of the page at a time. */
export class Screen {
  private isFirst = true;

  /** Shows a view with all its content. The focus goes to its heading: screen readers and the Tab key begin there. */
  show(view: View, title: string): void {
    this.reveal(view);
    document.title = `${title} – Document desk`;
    // The first view needs no help: loading the page has put the focus at its beginning.
    if (!this.isFirst) within(byId(view, HTMLElement), 'h1', HTMLElement).focus();
    this.isFirst = false;
  }

  /** Shows a view whose content is still to come; `show` follows. */
  reveal(view: View): void {
    for (const id of VIEWS) byId(id, HTMLElement).hidden = id !== view;
  }
}
