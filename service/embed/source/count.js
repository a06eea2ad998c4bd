// Numbers beside links to articles: "Comments" becomes "Comments · 12".
const count = async () => {
  const places = [...document.querySelectorAll("[data-replydesk-count]")];
  while (places.length) {
    const some = places.splice(0, 100);
    const threads = some.map((place) => place.dataset.replydeskCount);
    const body = JSON.stringify({ site, threads });
    const { response } = await ask("json", service + "/api/v1/counts", body, { "Content-Type": "application/json" });
    some.forEach((place, at) => {
      const number = response?.counts?.[threads[at]];
      if (number >= 0) place.append(place.textContent ? " · " : "", number);
    });
  }
};
