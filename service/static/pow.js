// The proof of work of a reply form that asks for one (data-challenge): done unseen, in slices of a few milliseconds,
// while its reader writes. Nobody is asked anything. Where it fails the comment is posted all the same, and held.
const SLICE_MS = 8;
const PATIENCE_MS = 20000;
// Shorter than a challenge lasts.
const FRESH_MS = 45 * 60 * 1000;

// SHA-256 of a text of at most 55 characters, as eight numbers. crypto.subtle is slower for texts this short, since it
// answers later each time, and is not there without https.
const K = new Int32Array(64);
const START = new Int32Array(8);
for (let found = 0, number = 2; found < 64; number++) {
  let isPrime = true;
  for (let by = 2; by * by <= number; by++) isPrime &&= number % by > 0;
  if (!isPrime) continue;
  if (found < 8) START[found] = (Math.sqrt(number) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(number) % 1) * 2 ** 32;
}
const W = new Int32Array(64);
const turn = (word, by) => (word >>> by) | (word << (32 - by));
const sha256 = (text) => {
  W.fill(0, 0, 16);
  for (let at = 0; at < text.length; at++) W[at >> 2] |= text.charCodeAt(at) << (24 - (at % 4) * 8);
  W[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
  W[15] = text.length * 8;
  for (let at = 16; at < 64; at++) {
    const early = W[at - 15];
    const late = W[at - 2];
    W[at] =
      W[at - 16] + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + W[at - 7] + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at] + W[at]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => (word + START[at]) | 0);
};

const solve = async ({ salt, challenge, maxnumber }) => {
  const wanted = challenge.match(/.{8}/g).map((word) => parseInt(word, 16) | 0);
  for (let number = 0; number <= maxnumber; ) {
    for (const until = performance.now() + SLICE_MS; number <= maxnumber && performance.now() < until; number++)
      if (sha256(salt + number).every((word, at) => word == wanted[at])) return number;
    await new Promise((resolve) => setTimeout(resolve));
  }
};

const proofs = new WeakMap();

const begin = (form) => {
  const proof = { at: Date.now() };
  const prove = async () => {
    const challenge = await (await fetch(form.dataset.challenge)).json();
    const number = await solve(challenge);
    const { algorithm, salt, signature } = challenge;
    form.elements.altcha.value = btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature }));
  };
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  proof.done = Promise.race([prove().catch(() => {}), patience]).then(() => (proof.isDone = true));
  proofs.set(form, proof);
  return proof;
};

const current = (form) => {
  const proof = proofs.get(form);
  return proof && !proof.isSent && Date.now() - proof.at < FRESH_MS ? proof : begin(form);
};

// At the first letter: a form that only has the focus, as after a post, may be left as it is.
addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-challenge]");
  if (form) current(form);
});

// Before the page's own listeners: who is quicker than their browser waits for it, and hears that it is being posted.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.challenge) return;
    const proof = current(form);
    if (proof.isDone) {
      proof.isSent = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (proof.isAwaited) return;
    proof.isAwaited = true;
    form.querySelector(".said").textContent = form.dataset.posting;
    proof.done.then(() => (form.requestSubmit ? form.requestSubmit() : form.submit()));
  },
  true,
);
