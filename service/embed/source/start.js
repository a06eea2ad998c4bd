// Everything here works without this file: it spares readers the way to another page and back.
const {
  src,
  dataset: { site },
} = document.currentScript;
const service = src.replace(/\/embed[^/]*$/, "");
