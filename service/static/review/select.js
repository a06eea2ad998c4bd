// Several cards at once: which are selected, how many, and one decision for all of them.
import { cardInHand, cards } from "./cards.js";
import { say } from "./say.js";

const boxOf = (card) => card.querySelector("[data-select]");
export const selected = () => cards().filter((card) => boxOf(card)?.checked);
const form = () => document.getElementById("bulk");
let anchor = null;

export function toggle(card) {
  const box = boxOf(card);
  if (!box) return;
  box.checked = !box.checked;
  anchor = card;
  show();
}

// From the card that was selected last to the one in hand; all that are shown when there is no such stretch.
export function selectMore() {
  const all = cards();
  const [from, to] = [all.indexOf(anchor), all.indexOf(cardInHand())].sort((one, other) => one - other);
  const isStretch = from >= 0 && from !== to && boxOf(anchor)?.checked;
  const wanted = isStretch ? all.slice(from, to + 1) : all;
  const isOn = isStretch || !wanted.every((card) => boxOf(card)?.checked);
  for (const card of wanted) if (boxOf(card)) boxOf(card).checked = isOn;
  anchor = cardInHand() ?? anchor;
  show();
}

export function bulk(key) {
  if (!selected().length) return say(document.body.dataset.nothingSelected);
  const control = form().querySelector(`[data-key="${key}"]`);
  if (!control.matches("[data-fold]")) return control.click();
  control.open = true;
  control.querySelector("select").focus();
}

function show() {
  const bar = form();
  if (!bar) return;
  const chosen = selected();
  bar.hidden = !chosen.length;
  bar.querySelector("[data-selected]").textContent = chosen.length.toLocaleString("en");
  for (const card of cards()) card.toggleAttribute("data-is-selected", chosen.includes(card));
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select]")) return;
  anchor = event.target.closest("[data-card]");
  show();
});
document.addEventListener("htmx:afterSettle", show);
document.addEventListener("desk:list", show);
show();
