// <replydesk-thread>: what stands in it stays until the thread is there. It goes into the page itself, not into a shadow:
// links to comments, the browser's autofill and the site's own styles then work as they do for an included thread.
customElements.define(
  "replydesk-thread",
  class extends HTMLElement {
    async connectedCallback() {
      const here = new URLSearchParams(location.search);
      const asked = new URLSearchParams({ format: "fragment" });
      for (const name of ["thread", "url", "title", "section", "lead"]) asked.set(name, this.getAttribute(name) || "");
      // Ours and nothing else: an address may name a reader.
      for (const name of ["sort", "conversation", "after", "reply_to", "replydesk", "moderation-hash"])
        if (here.has(name)) asked.set(name, here.get(name));
      const page = (await ask("document", service + "/threads/" + this.getAttribute("site") + "?" + asked)).response;
      const thread = page?.querySelector(".thread");
      if (!thread) return;
      await Promise.all(
        [...page.querySelectorAll("[rel=stylesheet]")].map(
          (link) =>
            new Promise((resolve) => {
              link.onload = link.onerror = resolve;
              document.head.append(link);
            }),
        ),
      );
      this.replaceChildren(page.querySelector(".replydesk"));
      enhance(thread);
      byId(location.hash.slice(1))?.scrollIntoView();
    }
  },
);
