// The review desk with a script: keys, focus, selection, claims and news. htmx sends the forms. Everything works without.
import "./decide.js";
import "./keys.js";
import "./live.js";
import "./drawer.js";
