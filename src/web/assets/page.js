// Keeps the page up to date: fetches it again, and replaces the content of <main> when it has changed. Without this script the page is complete but static.
const everyMs = 15_000;
const main = document.querySelector('main');
const announcement = document.querySelector('#announcement');
const pause = document.querySelector('#pause');
const stale = document.querySelector('#stale');
let paused = false;
let busy = false;
// When the content, with its #as-of, came from the service, and how many refreshes have failed since one succeeded.
let confirmedAt = Date.now();
let missed = 0;
const spans = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

// The answer to a form cannot be asked for again.
const isAnswer = main.dataset.answer !== undefined;
if (!isAnswer) document.querySelector('#refreshing')?.removeAttribute('hidden');
pause?.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Resume updates' : 'Pause updates';
  announcement.textContent = paused ? 'Updates are paused.' : 'Updates have resumed.';
  if (!paused) refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
  if (button) copy(button);
});
prepare();
setInterval(refresh, everyMs);
setInterval(tick, 1_000);

async function refresh() {
  if (isAnswer || paused || busy || document.hidden || isOccupied()) return;
  busy = true;
  try {
    const signal = AbortSignal.timeout(everyMs - 1_000);
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store', signal });
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (!response.ok && response.status !== 404) throw new Error(response.statusText);
    missed = 0;
    // The user may have started to type or to select text in the meantime.
    if (fresh.querySelector('main') && !paused && !isOccupied()) show(fresh);
  } catch {
    // The service is restarting, has died, or the network is down.
    missed += 1;
  } finally {
    busy = false;
    sayHowOld();
  }
}

// One missed refresh is a restart. After two, what is shown may no longer be so.
function sayHowOld() {
  const isOld = missed >= 2;
  if (isOld !== stale.hidden) return;
  stale.hidden = !isOld;
  document.documentElement.classList.toggle('is-stale', isOld);
  const at = { timeZone: 'Europe/London', hour: 'numeric', minute: '2-digit', hour12: true };
  const since = new Date(confirmedAt).toLocaleTimeString('en-GB', at).replace(/\s/, '');
  stale.textContent = isOld
    ? `Not updated since ${since}: the service does not answer. What is shown may no longer be so.`
    : '';
  announcement.textContent = isOld ? stale.textContent : 'The page is up to date again.';
}

// What happened some time ago grows older, whether or not the service answers. By its clock, which may differ from this machine's.
function tick() {
  if (document.hidden || isOccupied()) return;
  const asOf = Date.parse(document.querySelector('#as-of')?.dateTime ?? '');
  const now = asOf + Date.now() - confirmedAt;
  for (const time of document.querySelectorAll('time[data-relative]')) {
    const words = ago(now - Date.parse(time.dateTime));
    if (words && words !== time.textContent) time.textContent = words;
  }
}

// As the server writes it. Undefined for what is still to come.
function ago(ms) {
  if (!(ms >= 0)) return undefined;
  if (ms < 5_000) return 'just now';
  const [name, size] = spans.find(([, each]) => ms >= 2 * each) ?? ['second', 1_000];
  const count = Math.floor(ms / size);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
}

function show(fresh) {
  confirmedAt = Date.now();
  const next = fresh.querySelector('main');
  const changed = next.dataset.headline !== main.dataset.headline;
  if (next.innerHTML !== main.innerHTML) replace(next);
  main.dataset.headline = next.dataset.headline;
  document.title = fresh.title;
  document.documentElement.className = fresh.documentElement.className;
  for (const selector of ['#as-of', '.page-header__standing', '.page-printed']) swap(selector, fresh);
  document
    .querySelector('link[rel=icon]')
    ?.setAttribute('href', fresh.querySelector('link[rel=icon]')?.getAttribute('href'));
  if (changed) announcement.textContent = next.dataset.headline;
}

function swap(selector, fresh) {
  const [old, next] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (old && next) old.replaceWith(next);
}

// Details that the user has opened stay open, the focus stays where it is, and the page does not jump.
function replace(next) {
  const open = [...main.querySelectorAll('details[open][id]')].map(({ id }) => id);
  const focused = addressOf(document.activeElement);
  main.replaceChildren(...next.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  prepare();
  if (focused) find(focused)?.focus({ preventScroll: true });
}

// A selector for the element, and its index among the elements that match it.
function addressOf(element) {
  if (!element || !main.contains(element) || element === main) return undefined;
  const selector = selectorOf(element);
  return { selector, index: [...main.querySelectorAll(selector)].indexOf(element) };
}

function selectorOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const parent = element.closest('details[id]');
  if (element.tagName === 'SUMMARY' && parent) return `#${CSS.escape(parent.id)} > summary`;
  const href = element.getAttribute('href');
  return href === null ? element.tagName : `a[href="${CSS.escape(href)}"]`;
}

function find({ selector, index }) {
  return main.querySelectorAll(selector)[index] ?? main.querySelector(selector);
}

function isOccupied() {
  const selection = getSelection();
  const selecting = selection && !selection.isCollapsed && main.contains(selection.anchorNode);
  const { activeElement } = document;
  return selecting || (activeElement?.matches('input, select') && main.contains(activeElement));
}

// Copying needs a secure context. Without one the buttons stay hidden, and the text can still be selected.
function prepare() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('[data-copy]')) button.removeAttribute('hidden');
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy)?.textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
    announcement.textContent = 'Copied.';
    button.textContent = 'Copied';
  } catch {
    announcement.textContent = 'Copying is not allowed here: select the text instead.';
  }
}
