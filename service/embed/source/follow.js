// The reader's own comment, looked at less and less often until somebody has decided; not while nobody looks here.
const follow = async (thread, mine) => {
  const asked = "&replydesk=" + mine.querySelector("[href*='/receipts/']").href.split("/").pop();
  for (let seconds = 2; /pending|held/.test(mine.className); seconds = Math.min(seconds * 1.5, 60)) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (document.hidden) await new Promise((resolve) => addEventListener("visibilitychange", resolve, { once: true }));
    const news = (await piece(thread, asked + "&format=mine"))?.querySelector(".mine");
    if (news && news.className != mine.className) {
      const hadFocus = mine.contains(document.activeElement);
      mine.className = news.className;
      mine.replaceChildren(...news.childNodes);
      if (hadFocus) mine.focus();
    }
  }
  if (mine.matches(".approved")) publish(thread, asked, "comment-" + mine.dataset.id);
};

// Puts a comment that is public now where it belongs among the others, and moves none of them.
const publish = async (thread, asked, id) => {
  const page = !byId(id) && (await piece(thread, asked + "&format=fragment"));
  const comment = page && page.getElementById(id);
  const list = thread.querySelector(".conversations");
  if (!comment) return;
  byId("comments-heading").replaceWith(page.getElementById("comments-heading"));
  const here = (other) => byId(other.id || other.firstElementChild.id);
  let other = comment;
  while ((other = other.previousElementSibling) && !here(other));
  if (!list) thread.querySelector(".empty").replaceWith(page.querySelector(".conversations"));
  else if (other) here(other).after(comment);
  else {
    const conversation = (other = comment.parentNode);
    while ((other = other.nextElementSibling) && !here(other));
    list.insertBefore(conversation, other && here(other).parentNode);
  }
};
