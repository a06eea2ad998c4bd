// The list itself: more cards below before the last one is reached, and the whole of it anew when that is asked for.
import { cardOf, isTyping, offerFocus } from "./cards.js";

const REFILL_BELOW = 10;
const LOOK_EVERY_MS = 200;
let isFilling = false;
let loading = Promise.resolve();
let loads = 0;

// Cards come below those that are there, so nothing moves.
export async function refill(left) {
  const next = document.querySelector("#pager [data-next]");
  const list = document.querySelector("[data-cards]");
  if (isFilling || !next || !list || left >= REFILL_BELOW) return;
  isFilling = true;
  try {
    await htmx.ajax("GET", next.getAttribute("href"), {
      source: list.parentElement.querySelector("#pager"),
      target: list,
      swap: "beforeend ignoreTitle:true",
      select: "[data-cards] > [data-card]",
      selectOOB: "#pager",
    });
  } finally {
    isFilling = false;
  }
}

// Load the list again in its place; what was decided here can still be undone. The focus goes to the card that is named.
// One after the other: a list that is loaded while another is on its way would be the older of the two.
export function refresh(number) {
  loads += 1;
  loading = loading.then(() => load(number)).catch(() => {}).finally(loaded);
  return loading;
}

export const isLoading = () => loads > 0;

function loaded() {
  loads -= 1;
  document.dispatchEvent(new Event("desk:loaded"));
}

async function load(number) {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  const source = document.getElementById("arrivals"); // outside of the queue in which decisions wait
  const target = document.getElementById("main");
  await typedOut(target);
  await htmx.ajax("GET", address.pathname + address.search, { source, target, swap: "outerHTML", select: "#main" });
  const card = number && cardOf(number);
  offerFocus(card || document.getElementById("main"));
  document.dispatchEvent(new Event("desk:list"));
}

// Words that somebody is typing into the list are not replaced under his hands. A field that goes tells nobody: so ask.
async function typedOut(list) {
  while (isTyping() && list.contains(document.activeElement)) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-refresh]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  refresh();
});
