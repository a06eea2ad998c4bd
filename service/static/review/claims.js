// The card in hand is claimed, so that two people do not do the same work. A claim warns; it locks nothing.
import { cardInHand, cardOf } from "./cards.js";
import { label, say } from "./say.js";

// Whoever only passes by claims nothing.
const CLAIM_AFTER_MS = 400;
const RELEASE_AFTER_MS = 5_000;
const RENEW_EVERY_MS = 60_000;
const words = document.body.dataset;
let claimed = null;
let timer = 0;

export function setHolder(card, holder) {
  if ((card.dataset.holder ?? "") === holder) return;
  if (holder) card.dataset.holder = holder;
  else delete card.dataset.holder;
  delete card.dataset.despite;
  label(card, holder && words.heldBy.replace("%s", holder));
}

// The first try on a card that somebody else has open says so; the second is meant.
export function mayDecide(card, button) {
  const holder = card.dataset.holder;
  if (!holder || !button || card.dataset.despite === holder) return true;
  card.dataset.despite = holder;
  say(words.heldByAgain.replace("%s", holder));
  return false;
}

document.addEventListener("desk:held", ({ detail: { comment, holder } }) => {
  const card = cardOf(comment);
  if (!card) return;
  setHolder(card, holder);
  card.dataset.despite = holder;
});

document.addEventListener("focusin", look);
document.addEventListener("visibilitychange", () => (document.hidden ? letGo() : look()));
window.addEventListener("pagehide", letGo);
setInterval(() => claimed && !document.hidden && post(claimed, "claim"), RENEW_EVERY_MS);

function look() {
  const card = cardInHand();
  clearTimeout(timer);
  if (!words.mayDecide || (card?.dataset.card ?? null) === claimed) return;
  timer = setTimeout(() => take(card), card ? CLAIM_AFTER_MS : RELEASE_AFTER_MS);
}

async function take(card) {
  const before = claimed;
  claimed = card?.dataset.card ?? null;
  if (!claimed) return before && post(before, "release");
  const answer = await post(claimed, "claim", before ? { instead: before } : {});
  if (answer?.ok) setHolder(card, (await answer.json()).holder ?? "");
}

async function post(number, what, fields = {}) {
  try {
    return await fetch(`/review/comments/${number}/${what}`, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf: words.csrf, ...fields }),
    });
  } catch {
    return null; // a claim that could not be taken or given back ends by itself
  }
}

// The page is left or hidden: the only way to say so that a browser still sends.
function letGo() {
  clearTimeout(timer);
  if (!claimed) return;
  navigator.sendBeacon(`/review/comments/${claimed}/release`, new URLSearchParams({ csrf: words.csrf }));
  claimed = null;
}
