// The list itself: more cards below before the last one is reached, and the whole of it anew when that is asked for.
import { cardOf, focusOn } from "./cards.js";

const REFILL_BELOW = 10;
let isFilling = false;

// Cards come below those that are there, so nothing moves.
export async function refill(left) {
  const next = document.querySelector("#pager [data-next]");
  const list = document.querySelector("[data-cards]");
  if (isFilling || !next || !list || left >= REFILL_BELOW) return;
  isFilling = true;
  await htmx.ajax("GET", next.getAttribute("href"), {
    source: list,
    target: list,
    swap: "beforeend ignoreTitle:true",
    select: "[data-cards] > [data-card]",
    selectOOB: "#pager",
  });
  isFilling = false;
}

// Load the list again in its place; what was decided here can still be undone. The focus goes to the card that is named.
export async function refresh(number) {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  const main = document.getElementById("main");
  await htmx.ajax("GET", address.pathname + address.search, { source: main, target: main, swap: "outerHTML", select: "#main" });
  const card = number && cardOf(number);
  if (card) focusOn(card);
  else document.getElementById("main").focus({ preventScroll: true });
  document.dispatchEvent(new Event("desk:list"));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-refresh]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  refresh();
});
