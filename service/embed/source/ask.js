// One request. XMLHttpRequest, because it has a timeout and reads HTML into a document without running any of it,
// where Trusted Types are required too. No credentials go to another origin.
const ask = (type, url, body, headers) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", url);
    request.responseType = type;
    request.timeout = 20000;
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.onloadend = () => resolve(request);
    request.send(body);
  });

// A piece of a thread as the server draws it, in the language of its site; nothing when it did not come.
const piece = async (thread, asked) => (await ask("document", thread.dataset.source + asked)).response;

const byId = (id) => document.getElementById(id);

const make = (tag, text) => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};
