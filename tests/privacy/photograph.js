// Everything a page holds and keeps: its elements with their shadow roots, what stands in its fields, and all storage.
// Run by tests/privacy/visits.py in a page of ours. `own` names fields that hold what the reader typed a moment ago.
async (own) => {
  const trees = (node) => [
    node.documentElement?.outerHTML ?? node.innerHTML,
    ...[...node.querySelectorAll("*")].filter((each) => each.shadowRoot).flatMap((each) => trees(each.shadowRoot)),
  ];
  const fields = [...document.querySelectorAll("input, textarea, select")]
    .filter((each) => !own.includes(each.name))
    .map((each) => `${each.name}=${each.value}`);
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(name, request.url, await (await cache.match(request)).text());
  }
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  return {
    page: [location.href, document.title, document.referrer, ...trees(document), ...fields].join("\n"),
    storage: [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify((await indexedDB.databases()).map((each) => each.name)),
      ...cached,
      ...workers.map((each) => each.scope),
      document.cookie,
      window.name,
      JSON.stringify(history.state),
    ].join("\n"),
    said: JSON.stringify(window.replydeskHeard ?? []),
    asked: performance.getEntries().map((each) => each.name).join("\n"),
  };
}
