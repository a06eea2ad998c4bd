// The form below the comments: it goes to the comment that it answers, and posts without leaving the page.
const enhance = (thread) => {
  const form = thread.querySelector(".reply-form");
  for (const mine of thread.querySelectorAll(".mine")) follow(thread, mine);
  if (!form) return;
  const { proof } = form.dataset;
  // Where it does not come the comment is held, which is no reader's business.
  if (proof) import(proof).catch(() => {});

  const more = async (link) => {
    const page = await piece(thread, "&format=fragment&after=" + new URL(link.href).searchParams.get("after"));
    const items = page?.querySelector(".conversations")?.children;
    if (!items) return location.assign(link.href);
    const [first] = items;
    thread.querySelector(".conversations").append(...items);
    link.parentNode.replaceWith(page.querySelector(".more") || "");
    first.querySelector("a").focus();
  };

  const { name, parent, text } = form.elements;
  const [heading, cancel, count, said, summary] = ["h2", ".cancel", ".count", ".said", ".summary"].map((selector) =>
    form.querySelector(selector),
  );
  const { lang } = thread.closest("[lang]");
  const home = document.createComment("");
  let opener, key, timer, isBusy, tries;
  form.before(home);
  // Some browsers fill in what it was before the page was loaded anew.
  parent.value = parent.defaultValue;

  const answer = (link) => {
    change();
    opener = link;
    link.after(form);
    parent.value = link.closest("article").id.slice(8);
    heading.textContent = link.getAttribute("aria-label");
    cancel.hidden = false;
    (name.value ? text : name).focus();
  };

  const leave = () => {
    change();
    home.after(form);
    parent.value = "";
    heading.textContent = heading.dataset.text;
    cancel.hidden = true;
    (opener || text).focus();
    opener = 0;
  };

  const say = (what, seconds) => (said.textContent = (form.dataset[what] || "").replace("{n}", seconds));

  const stay = (event) => event.preventDefault();

  // What is being posted is not changed meanwhile, and what waits is not lost with the page.
  const set = (busy, waiting) => {
    isBusy = busy;
    clearTimeout(timer);
    timer = waiting;
    for (const input of form.elements) input.readOnly = busy;
    (busy || waiting ? addEventListener : removeEventListener)("beforeunload", stay);
  };

  // Other words are another comment: with a key of its own, and not posted before the reader says so again.
  const change = () => {
    const { textLength, maxLength } = text;
    count.textContent = textLength.toLocaleString(lang) + " / " + maxLength.toLocaleString(lang);
    count.ariaLive = textLength + 200 > maxLength ? "polite" : "off";
    key = tries = 0;
    set();
    say();
  };

  const clear = () => {
    summary.hidden = true;
    summary.lastElementChild.replaceChildren();
    for (const note of form.querySelectorAll(".error")) {
      note.previousElementSibling.removeAttribute("aria-invalid");
      note.previousElementSibling.removeAttribute("aria-describedby");
      note.remove();
    }
  };

  const refuse = (problem) => {
    say();
    for (const { field, message } of problem?.errors || [{ message: problem?.detail }]) {
      const input = form.elements[field];
      const line = make("li", "");
      const link = make("a", message);
      if (input?.id) {
        const note = make("p", message);
        note.className = "error";
        note.id = input.id + "-error";
        input.after(note);
        input.setAttribute("aria-invalid", true);
        input.setAttribute("aria-describedby", note.id);
        link.href = "#" + input.id;
      }
      // The comment that was answered is gone: posted again, the reply stands by itself.
      if (field == "parent") leave();
      line.append(link);
      summary.lastElementChild.append(line);
    }
    summary.hidden = false;
    summary.focus();
  };

  const show = async (receipt) => {
    const page = await piece(thread, "&format=mine&replydesk=" + receipt.split("/").pop());
    const mine = page?.querySelector(".mine");
    set();
    if (!mine) return location.assign(receipt);
    (opener ? form : home).before(mine);
    text.value = "";
    leave();
    mine.focus();
    follow(thread, mine);
  };

  const send = async () => {
    if (isBusy) return;
    clear();
    say("posting");
    key ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
    const body = new FormData(form);
    set(true);
    const answer = await ask("json", form.action, body, { Accept: "application/json", "Idempotency-Key": key });
    const { status, response } = answer;
    if (status == 202) return show(response.receipt_url);
    const seconds = Math.max(+answer.getResponseHeader("Retry-After") || 0, Math.min(2 ** ++tries, 60));
    const isOnline = navigator.onLine;
    if (status && status != 429 && status < 502) {
      set();
      refuse(response);
    } else {
      set(false, isOnline ? setTimeout(send, seconds * 1000) : -1);
      say(isOnline ? "again" : "offline", seconds);
    }
  };

  addEventListener("online", () => timer && send());
  form.addEventListener("input", change);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  thread.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = link.matches(".answer") ? answer : link.matches(".cancel a") ? leave : link.matches(".more a") && more;
    if (act) {
      event.preventDefault();
      isBusy || act(link);
    }
  });
  change();
};
