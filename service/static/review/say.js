// What the page says by itself: sentences in the live region, and numbers beside the names of the lists.

const toast = () => document.getElementById("toast");

export function say(sentence) {
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence;
  const news = document.createElement("div");
  news.className = "news";
  news.append(paragraph);
  toast().replaceChildren(news);
}

// Put a button beside what was just said.
export function offer(form) {
  if (!toast().querySelector(".news")) say("");
  toast().querySelector(".news").append(form);
}

export function showCounts(counts) {
  for (const [list, total] of Object.entries(counts)) {
    for (const count of document.querySelectorAll(`[data-count="${CSS.escape(list)}"]`)) {
      count.textContent = total.toLocaleString("en");
      if (count.hasAttribute("data-hide-zero")) count.hidden = total === 0;
    }
  }
  const here = document.querySelector("h1 [data-count]");
  if (here) document.title = document.title.replace(/\([\d,]+\)/, `(${here.textContent})`);
}

export function countHere(step) {
  const count = document.querySelector("[data-count-here]");
  if (count) count.textContent = Math.max(Number(count.textContent.replace(/\D/g, "")) + step, 0).toLocaleString("en");
}

// A line in a card that pushes nothing away: it stands on the card's own border.
export function label(card, sentence) {
  let line = card.querySelector(":scope > .label");
  if (!sentence) return line?.remove();
  if (!line) {
    line = document.createElement("p");
    line.className = "label";
    card.prepend(line);
  }
  if (line.textContent !== sentence) line.textContent = sentence;
}
