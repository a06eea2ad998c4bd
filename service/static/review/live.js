// What others do while this page is open: asked for now and then, shown without moving anything.
import { cards } from "./cards.js";
import { setHolder } from "./claims.js";
import { label, showCounts } from "./say.js";

const EVERY_MS = 12_000;
const LONGEST_MS = 300_000;
const PATIENCE_MS = 10_000;
const words = document.body.dataset;
let wait = EVERY_MS;
let known = "";
let timer = 0;

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) look();
});
document.addEventListener("desk:list", () => ((known = ""), arrived(0)));
later();

function later() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, wait);
}

async function look() {
  try {
    const answer = await fetch(`/review/live?${question()}`, {
      headers: { Accept: "application/json", ...(known && { "If-None-Match": known }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401 || answer.redirected) return; // logged out: the next decision says so
    if (answer.status === 200) {
      known = answer.headers.get("ETag") ?? "";
      show(await answer.json());
    }
    wait = answer.ok || answer.status === 304 ? EVERY_MS : Math.min(wait * 2, LONGEST_MS);
  } catch {
    wait = Math.min(wait * 2, LONGEST_MS);
  }
  later();
}

function question() {
  const asked = new URLSearchParams(location.search);
  asked.delete("done");
  const list = document.querySelector("[data-live]");
  asked.set("queue", list?.dataset.live ?? "");
  asked.set("since", list?.dataset.newest ?? "");
  asked.set("shown", cards().map((card) => card.dataset.card).join("."));
  return asked;
}

function show({ counts, present, held, settled, arrived: number }) {
  showCounts(counts);
  for (const card of cards()) {
    const done = settled[card.dataset.card];
    setHolder(card, held[card.dataset.card] ?? "");
    if (!done) continue;
    card.dataset.settled = "yes";
    label(card, done);
  }
  const others = document.getElementById("present");
  if (others && others.textContent !== present) others.textContent = present;
  arrived(number);
}

function arrived(number) {
  const line = document.getElementById("arrivals");
  const sentence = number ? words.arrived.replace("%s", number.toLocaleString("en")) : "";
  if (!line || line.textContent.trim() === sentence) return;
  if (!sentence) return line.replaceChildren();
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.dataset.refresh = "";
  link.textContent = sentence;
  line.replaceChildren(link);
}
