import { Refusal } from './shop-api.mjs';

const YEN = new Intl.NumberFormat('en', { style: 'currency', currency: 'JPY' });

/** The element for a selector. */
export function find(selector) {
  return document.querySelector(selector);
}

/** Makes an element; text stays text. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** An amount of money for people. */
export function price(money) {
  return YEN.format(money.amount);
}

/** Says that something went well. */
export function say(text) {
  find('#alert').textContent = '';
  find('#status').textContent = text;
}

/** Says what went wrong. */
export function complain(text) {
  find('#status').textContent = '';
  find('#alert').textContent = text;
}

/** Does something, and tells what goes wrong. */
export async function run(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind !== 'unauthenticated') return complain(error.message);
    complain('Please sign in first.');
    location.hash = '#/account';
  }
}

/** Does something when a form is sent, and not twice at once. */
export function onSubmit(selector, work) {
  const form = find(selector);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = 'yes';
    await run(() => work(form)).finally(() => delete form.dataset.busy);
  });
}

/** Does something when a button is pressed. */
export function onClick(selector, work) {
  find(selector).addEventListener('click', () => void run(work));
}
