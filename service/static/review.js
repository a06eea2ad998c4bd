// The review desk with keys, and decisions without loading the page. Everything works without this file.
"use strict";

const cards = () => [...document.querySelectorAll("[data-cards] [data-card]")];
const cardInHand = () => document.activeElement?.closest("[data-cards] [data-card]");
const isTyping = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
const help = document.getElementById("keys");
const switchOfKeys = document.getElementById("keys-on");

function focusOn(card) {
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function say(sentence) {
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence;
  const news = document.createElement("div");
  news.className = "news";
  news.append(paragraph);
  document.getElementById("toast").replaceChildren(news);
}

// Decisions ---------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-swap]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

// Decisions that are on their way, and whether the last of them is to be undone as soon as it has arrived.
let onTheWay = 0;
let undoOnArrival = false;
let isLeaving = false;

function send(form, button) {
  const card = form.closest("[data-cards] [data-card]");
  if (card?.getAttribute("aria-busy") === "true") return;
  const next = card && neighbour(card);
  card?.setAttribute("aria-busy", "true");
  if (card?.contains(document.activeElement) && next) focusOn(next);
  const fields = new URLSearchParams(new FormData(form));
  if (button?.name) fields.set(button.name, button.value);
  // XMLHttpRequest because it parses the answer by itself: a strict content policy forbids turning text into HTML.
  const request = new XMLHttpRequest();
  request.open("POST", form.getAttribute("action"));
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("X-Requested-With", "replydesk");
  request.onload = () => settle(request, form, card);
  request.onerror = () => fail(card, "No connection. Nothing was changed; try again.");
  request.onloadend = undoIfWanted;
  onTheWay += 1;
  request.send(fields);
}

function settle(request, form, card) {
  const page = request.response;
  if (request.responseURL.includes("/review/login")) return location.assign("/review/login");
  if (!page) return fail(card, "The service cannot answer now. Nothing was changed; try again.");
  if (request.status === 409) return showConflict(page, card);
  if (request.status !== 200) return fail(card, page.querySelector("main p, h1")?.textContent ?? "Nothing was changed.");
  showNews(page);
  if (card) return remove(card, form, page);
  if (form.matches("[data-undo]")) return bringBack(form, page);
  load(form, page);
}

function fail(card, sentence) {
  undoOnArrival = false;
  card?.removeAttribute("aria-busy");
  say(sentence);
}

function showNews(page) {
  document.getElementById("toast").replaceChildren(...page.getElementById("toast").childNodes);
  for (const list of ["[data-count]", "[data-count-audit]"]) {
    const { textContent: total, hidden } = page.querySelector(list);
    for (const count of document.querySelectorAll(list)) Object.assign(count, { textContent: total, hidden });
  }
  if (document.querySelector("h1 [data-count]")) document.title = page.title;
}

// Load the list anew, with the news of the decision that was just made.
function load(form, page) {
  const address = new URL(form.elements.back.value, location.href);
  const news = page.querySelector("[data-decision]") ?? document.querySelector("[data-decision]");
  if (news) address.searchParams.set("done", news.dataset.decision);
  isLeaving = true;
  location.assign(address);
}

function remove(card, form, page) {
  const hadFocus = card.contains(document.activeElement);
  const next = neighbour(card);
  card.remove();
  if (next) {
    countHere(-1);
    if (hadFocus || document.activeElement === document.body) focusOn(next);
  } else if (!cards().length && !undoOnArrival) {
    load(form, page);
  }
}

function bringBack(form, page) {
  const list = document.querySelector("[data-cards]");
  // On another list than the one it came from, or with no list left, the page itself knows best.
  if (list?.dataset.newestFirst !== "no") return load(form, page);
  const card = page.querySelector("[data-card]");
  const number = Number(card.dataset.card);
  const after = cards().find((other) => Number(other.dataset.card) > number);
  list.insertBefore(document.adoptNode(card), after ?? null);
  countHere(1);
  focusOn(card);
}

function showConflict(page, card) {
  const notice = document.adoptNode(page.querySelector("[data-notice]"));
  showNews(page);
  if (!card) {
    document.getElementById("main").prepend(notice);
    return;
  }
  const fresh = document.adoptNode(page.querySelector("[data-card]"));
  const hadFocus = card.contains(document.activeElement);
  fresh.querySelector(".body").prepend(notice);
  card.replaceWith(fresh);
  if (hadFocus) focusOn(fresh);
}

function countHere(step) {
  const count = document.querySelector("[data-count-here]");
  if (count) count.textContent = (Number(count.textContent.replace(/\D/g, "")) + step).toLocaleString("en");
}

function neighbour(card) {
  const all = cards();
  const free = (other) => other !== card && other.getAttribute("aria-busy") !== "true";
  const place = all.indexOf(card);
  return all.slice(place + 1).find(free) ?? all.slice(0, place).reverse().find(free) ?? null;
}

// Keys --------------------------------------------------------------------------------------------------------------

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("a"),
  s: () => press("s"),
  o: () => press("o"),
  r: () => openReasons(),
  e: () => nextEvidence(),
  z: () => undoLast(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
  if (event.key === "Escape") return leave(event);
  if (event.repeat && !"jk".includes(event.key)) return;
  if (!switchOfKeys.checked && event.key !== "?") return;
  if (event.key === "Enter" && event.target.matches(".rejecting select")) return sendReason(event);
  if (isTyping(event.target) || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

function step(by) {
  const all = cards();
  if (!all.length) return;
  const place = all.indexOf(cardInHand());
  const wanted = place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1);
  focusOn(all[wanted]);
}

function press(key) {
  const card = cardInHand();
  if (!card) return say("Choose a comment first: j is next, k is previous.");
  card.querySelector(`[data-key="${key}"]`)?.click();
}

function openReasons() {
  const card = cardInHand();
  if (!card) return say("Choose a comment first: j is next, k is previous.");
  const reasons = card.querySelector('[data-key="r"]');
  if (!reasons) return;
  reasons.open = true;
  reasons.querySelector("select").focus();
}

// Not every browser sends a form from a list of choices; one whose choices are unfolded keeps its Enter.
function sendReason(event) {
  if (CSS.supports("selector(:open)") && event.target.matches(":open")) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("button"));
}

function nextEvidence() {
  const card = cardInHand();
  const marks = card ? [...card.querySelectorAll("mark")] : [];
  if (marks.length) marks[(marks.indexOf(document.activeElement) + 1) % marks.length].focus();
}

// Fast fingers press z before the answer is there; then it waits for the answer.
function undoLast() {
  if (onTheWay) {
    undoOnArrival = true;
    return;
  }
  // The page was about to be replaced, and would take the undoing with it.
  if (isLeaving) window.stop();
  isLeaving = false;
  const undo = document.querySelector("[data-undo]");
  if (undo) undo.requestSubmit();
  else say("Nothing to undo here. Decided lists what can be.");
}

function undoIfWanted() {
  onTheWay -= 1;
  if (onTheWay || !undoOnArrival) return;
  undoOnArrival = false;
  undoLast();
}

function leave(event) {
  const card = event.target.closest("[data-card]");
  if (!card) return;
  const reasons = card.querySelector(".rejecting");
  if (reasons) reasons.open = false;
  focusOn(card);
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".rejecting") && event.target.open) event.target.querySelector("select").focus();
}, true);

for (const button of document.querySelectorAll("[data-open-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

// After a decision without this script, or the last one on a page, the address names the card that is next.
const named = location.hash.startsWith("#comment-") && document.getElementById(location.hash.slice(1));
if (named) focusOn(named);
