// Measures one key inside the page, on the browser's own clock: from the moment the key went down.
// focused: the next card has the focus. painted: and the screen shows it. answered: and the service has kept the decision,
// the card is gone and the news is there, so that nothing of it is left to wait for. The last card has no next one.
window.stopwatch = {
  start() {
    const { id } = document.activeElement.closest("[data-card]");
    const times = {};
    let down = 0;
    let finish;
    window.stopwatch.finished = new Promise((resolve) => (finish = resolve));
    const record = (what) => {
      times[what] ??= performance.now() - down;
      const isLast = !document.querySelector("[data-card]");
      if ("answered" in times && ("painted" in times || isLast)) finish(times);
    };
    document.addEventListener("keydown", (event) => (down = event.timeStamp), { capture: true, once: true });
    document.addEventListener("focusin", () => {
      record("focused");
      requestAnimationFrame(() => {
        const channel = new MessageChannel(); // its message comes after the frame
        channel.port1.onmessage = () => record("painted");
        channel.port2.postMessage("");
      });
    }, { once: true });
    const gone = new MutationObserver(() => {
      if (document.getElementById(id) || !document.querySelector("#toast [data-undo]")) return;
      gone.disconnect();
      record("answered");
    });
    gone.observe(document.body, { childList: true, subtree: true });
  },
};
