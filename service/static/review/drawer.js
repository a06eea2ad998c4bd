// An author's history beside the list instead of on a page of its own.
import { offerFocus } from "./cards.js";

const drawer = () => document.getElementById("drawer");
let opener = null;

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-drawer]");
  if (!link || !drawer() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!drawer().contains(link)) opener = link;
  const inside = drawer().querySelector("[data-drawer-body]");
  await htmx.ajax("GET", link.getAttribute("href"), {
    source: document.getElementById("arrivals"), // outside of the queue in which decisions wait
    target: inside,
    swap: "innerHTML ignoreTitle:true",
    select: "#main > *",
  });
  drawer().hidden = false;
  const title = inside.querySelector("h1") ?? drawer();
  title.tabIndex = -1;
  offerFocus(title);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drawer() && !drawer().hidden) close(event);
}, true);
document.addEventListener("click", (event) => event.target.closest("[data-close-drawer]") && close(event));

function close(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  drawer().hidden = true;
  opener?.focus({ preventScroll: true });
}
