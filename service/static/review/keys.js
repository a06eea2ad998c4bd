// Single keys. They act on the card in hand, never while somebody types, never together with Ctrl, Alt or Meta.
import { cardInHand, focusOn, isTyping, offerFocus, step } from "./cards.js";
import { undoLast } from "./decide.js";
import { bulk, selectMore, toggle } from "./select.js";
import { say } from "./say.js";

const chosen = JSON.parse(document.querySelector('meta[name="desk-keys"]').content);
const actionOf = new Map(Object.entries(chosen.keys).map(([action, key]) => [key, action]));
const words = document.body.dataset;
const openDialog = () => document.querySelector("dialog[open]");

// Named by the key each has unless a moderator chose another (keymap.py).
const actions = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("a"),
  s: () => press("s"),
  o: () => press("o"),
  u: () => press("u"),
  r: () => unfold("r"),
  n: () => unfold("n"),
  x: () => withCard(toggle),
  z: undoLast,
  e: nextEvidence,
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
};
const bulkActions = { a: () => bulk("a"), s: () => bulk("s"), r: () => bulk("r"), x: selectMore };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (event.key === "Enter" && event.target.matches("[data-fold] select")) return sendReason(event);
  if (!chosen.on || openDialog() || isTyping(event.target)) return;
  const act = actionFor(event);
  if (!act || (event.repeat && act !== actions.j && act !== actions.k)) return;
  event.preventDefault();
  act();
});

function actionFor(event) {
  const key = letter(event);
  if (event.shiftKey && /^\p{Lu}$/u.test(key)) return bulkActions[actionOf.get(key.toLowerCase())];
  if (/^[1-7]$/.test(key)) return () => document.querySelector(`[data-list-key="${key}"]`)?.click();
  return actions[actionOf.get(key.toLowerCase())];
}

// On a keyboard of another script the letter is the one that stands on the same key in Latin.
function letter(event) {
  if (event.key.length !== 1 || event.key.charCodeAt(0) < 128 || !/^Key[A-Z]$/.test(event.code)) return event.key;
  return event.shiftKey ? event.code.at(-1) : event.code.at(-1).toLowerCase();
}

function withCard(act) {
  const card = cardInHand();
  if (card) act(card);
  else say(words.noCard);
}

function press(key) {
  withCard((card) => card.querySelector(`[data-key="${key}"]`)?.click());
}

function unfold(key) {
  withCard((card) => {
    const fold = card.querySelector(`[data-fold][data-key="${key}"]`);
    if (!fold) return;
    fold.open = true;
    fold.querySelector("select, textarea").focus();
  });
}

// Not every browser sends a form from a list of choices; one whose choices are unfolded keeps its Enter.
function sendReason(event) {
  if (CSS.supports("selector(:open)") && event.target.matches(":open")) return;
  event.preventDefault();
  event.target.closest("form").querySelector("button[value=reject]").click();
}

function nextEvidence() {
  withCard((card) => {
    const marks = [...card.querySelectorAll("mark")];
    if (marks.length) marks[(marks.indexOf(document.activeElement) + 1) % marks.length].focus();
  });
}

// Back to the card, with what was unfolded in it closed.
function leave(event) {
  const fold = event.target.closest("[data-fold]");
  if (fold) fold.open = false;
  const card = event.target.closest("[data-card]");
  if (card) focusOn(card);
  else if (isTyping(event.target)) event.target.blur();
}

// The browser tells this late: by then somebody may be in another of its fields.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-fold]") && event.target.open) offerFocus(event.target.querySelector("select, textarea"));
}, true);

for (const button of document.querySelectorAll("[data-open-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById("keys").showModal());
}

// After a decision without this script the address names the card that is next.
const named = location.hash.startsWith("#comment-") && document.getElementById(location.hash.slice(1));
if (named) focusOn(named);
