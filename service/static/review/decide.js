// Decisions: htmx sends the forms and swaps what comes back; this keeps the hands on the next card and remembers the way back.
import { cardInHand, cardOf, cards, focusOn, isBusy, neighbour, number, offerFocus } from "./cards.js";
import { mayDecide } from "./claims.js";
import { isLoading, refill, refresh } from "./list.js";
import { countHere, offer, say, showCounts } from "./say.js";
import { selected } from "./select.js";

let onTheWay = 0;
// How many comments the page showed before an answer changed it; a campaign's card stands for all of them.
let before = 0;
// Undoing that was asked for while decisions, or the list itself, were on their way.
let wanted = 0;
// The forms that undo what was decided on this page, the latest last.
const done = [];
// Forms that wait until the one before them has been answered.
const waiting = new Set();

document.addEventListener("submit", begin, true);
document.addEventListener("htmx:configRequest", complete);
// Logged out meanwhile: the page goes to the login, and nothing that was decided is lost by leaving.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => detail.xhr.status === 401 && (onTheWay = 0));
document.addEventListener("htmx:beforeSwap", () => (before = number(cards())));
document.addEventListener("htmx:beforeRequest", ({ detail }) => waiting.delete(detail.requestConfig.elt));
document.addEventListener("htmx:afterRequest", settle);
document.addEventListener("desk:list", forgetReplaced);
document.addEventListener("desk:loaded", undoWanted);
document.addEventListener("desk:counts", (event) => showCounts(event.detail));
window.addEventListener("beforeunload", (event) => onTheWay && event.preventDefault());

export function undoLast() {
  if (onTheWay || isLoading()) {
    wanted += 1;
    return;
  }
  if (!document.querySelector("#toast [data-undo]")) offerBefore();
  const undo = document.querySelector("#toast [data-undo]");
  if (undo) undo.requestSubmit();
  else say(document.body.dataset.nothingToUndo);
}

function undoWanted() {
  if (!wanted || onTheWay || isLoading()) return;
  wanted -= 1;
  undoLast();
}

// The way back to what was decided before is never further than the toast.
function offerBefore() {
  if (!done.length) return;
  const form = done.at(-1).cloneNode(true);
  offer(form);
  htmx.process(form);
}

function begin(event) {
  const form = event.target;
  if (!form.matches("[data-swap]")) return;
  const card = form.closest("[data-card]");
  // A page of one comment has no next one: it is loaded anew.
  if (card && !card.closest("[data-cards]")) return event.stopImmediatePropagation();
  // The place of its card is in the list: while that is replaced, there is none.
  if (form.matches("[data-undo]") && (onTheWay || isLoading())) {
    wanted += 1;
    return stop(event);
  }
  const concerned = card ? [card] : form.id === "bulk" ? selected() : [];
  if (concerned.some(isBusy) || (card && !mayDecide(card, event.submitter))) return stop(event);
  onTheWay += 1;
  waiting.add(form);
  // The browser has looked at the fields; htmx would do so again when the focus has left the button.
  form.noValidate = true;
  goOn(concerned);
}

// A form that still waited when its list was loaded anew is not sent: its card stands there, undecided.
function forgetReplaced() {
  for (const form of waiting) {
    if (form.isConnected) continue;
    waiting.delete(form);
    onTheWay -= 1;
  }
}

// The hands go on at once; what is on its way steps back.
function goOn(concerned) {
  const inHand = cardInHand();
  for (const card of concerned) card.setAttribute("aria-busy", "true");
  const next = concerned.includes(inHand) && neighbour(inHand);
  if (next) focusOn(next);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// The button that was pressed counts, though the focus has left it by the time the form is read.
function complete({ detail: { elt, parameters, triggeringEvent, path } }) {
  const button = triggeringEvent?.submitter;
  if (button?.name) parameters[button.name] = button.value;
  const [, comment] = path.match(/\/comments\/(\d+)\//) ?? [, elt.dataset.comment];
  if (comment && !cardOf(comment) && !document.getElementById(`gone-${comment}`)) parameters.without_card = "1";
  const { despite } = elt.closest("[data-card]")?.dataset ?? {};
  if (despite) parameters.despite = despite;
}

// The card or the toast with the form may be gone by now, and then the event comes from what is left around it.
function settle({ detail: { requestConfig, xhr } }) {
  const { elt } = requestConfig;
  if (!elt.matches("[data-swap]")) return settleNote(elt);
  onTheWay -= 1;
  const isDone = xhr.status === 200;
  for (const card of elt.id === "bulk" ? selected() : [elt.closest("[data-card]")]) card?.removeAttribute("aria-busy");
  if (elt.matches("[data-undo]") && (isDone || xhr.status === 409 || xhr.status === 404)) done.pop();
  if (isDone && elt.matches("[data-undo]")) settleUndo(elt);
  else if (isDone || xhr.status === 409) settleDecision(isDone);
  else fail(xhr.status);
  undoWanted();
}

function settleDecision(isDone) {
  const undo = isDone && document.querySelector("#toast [data-undo]");
  if (undo) done.push(undo.cloneNode(true));
  if (!isDone) wanted = 0;
  countHere(number(cards()) - before);
  keepGoing();
}

async function settleUndo(form) {
  const { comment } = form.dataset;
  const restored = comment && cardOf(comment);
  countHere(number(cards()) - before);
  offerBefore();
  if (restored) offerFocus(restored);
  else await refresh(comment);
}

// The card came anew with the note's number; whoever wrote it goes on from there.
function settleNote(form) {
  const card = form.closest("[data-card]") && cardOf(form.closest("[data-card]").dataset.card);
  if (card && document.activeElement === document.body) focusOn(card);
}

// Nobody stands without a card while there is one.
function keepGoing() {
  const left = cards();
  refill(left.length);
  if (!left.length) return onTheWay || wanted || refresh();
  if (document.activeElement === document.body) focusOn(left.find((card) => !isBusy(card)) ?? left[0]);
}

function fail(status) {
  wanted = 0;
  const words = document.body.dataset;
  if (status === 0) say(words.noConnection);
  else if (status >= 500 || status === 403) say(words.notDone);
}
