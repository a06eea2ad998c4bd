// Which cards there are, which one is in hand, and which one is next.

export const cards = () => [...document.querySelectorAll("[data-cards] [data-card]")];
export const cardInHand = () => document.activeElement?.closest("[data-cards] [data-card]") ?? null;
export const cardOf = (number) => document.getElementById(`comment-${number}`);
export const isBusy = (card) => card.getAttribute("aria-busy") === "true";
// How many comments these cards stand for: a campaign's stands for all that are like it.
export const number = (some) => some.reduce((sum, card) => sum + 1 + Number(card.dataset.alike ?? 0), 0);

const FIELDS = "input:not([type=checkbox]), select, textarea, [contenteditable]";
export const isTyping = (element = document.activeElement) => Boolean(element?.closest(FIELDS));

export function focusOn(card) {
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

// What comes by itself, sooner or later, never takes the focus from a field: the letters to come would be keys.
export function offerFocus(element) {
  if (isTyping()) return;
  if (element.matches("[data-card]")) focusOn(element);
  else element.focus({ preventScroll: true });
}

// The next card to look at: downwards first. One that somebody else has open or has decided comes only when no other is left.
export function neighbour(card) {
  const all = cards();
  const place = all.indexOf(card);
  const others = [...all.slice(place + 1), ...all.slice(0, place).reverse()].filter((other) => !isBusy(other));
  const isFree = (other) => !other.dataset.holder && !other.dataset.settled;
  return others.find(isFree) ?? others[0] ?? null;
}

export function step(by) {
  const all = cards();
  if (!all.length) return;
  const place = all.indexOf(cardInHand());
  const wanted = place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1);
  focusOn(all[wanted]);
}
