"use strict";
// Search in a site of files: every name is in names.js, and what fits is listed here. Nothing is asked of anybody.
(() => {
  const out = document.getElementById("found");
  const field = document.getElementById("q");
  const words = (new URLSearchParams(location.search).get("q") || "").trim().slice(0, 300);
  if (!out || !words || !window.names) return;
  if (field) field.value = words;
  document.title = `${words} – ${document.title}`;
  const MOST = 60;

  /** Fold case, accents, punctuation, "&", a leading "the" and "NHS" out of a name, as the graph itself does. */
  function fold(text) {
    const plain = text.normalize("NFKD").toLowerCase().replaceAll("&", " and ").replace(/[\u0300-\u036f'\u2019]/g, "");
    const parts = plain.replace(/[^\p{L}\p{N}\s]/gu, " ").split(/\s+/).filter(Boolean);
    while (parts.length > 1 && ["the", "nhs"].includes(parts[0])) parts.shift();
    return parts.join(" ");
  }
  function threes(text) {
    const padded = `  ${text} `;
    return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
  }
  function alike(one, other) {
    let both = 0;
    for (const three of one) if (other.has(three)) both += 1;
    return (2 * both) / (one.size + other.size);
  }

  const sought = fold(words), parts = sought.split(" "), pieces = threes(sought);
  const near = [], found = [];
  for (const thing of window.names) {
    const [, label, , until, further] = thing;
    let best = 0, by = "";
    for (const name of [label, ...further]) {
      const folded = fold(name);
      const score = folded === sought ? 4 : folded.startsWith(`${sought} `) ? 3 : parts.every((part) => ` ${folded}`.includes(` ${part}`)) ? 2 : 0;
      if (score > best) { best = score; by = name; }
    }
    if (best) found.push({ thing, score: best + (until ? 0 : 0.5), by });
    else {
      const likeness = Math.max(...[label, ...further].map((name) => alike(pieces, threes(fold(name)))));
      if (likeness > 0.4) near.push({ thing, score: likeness, by: label });
    }
  }
  const order = (one, other) => other.score - one.score || one.thing[1].localeCompare(other.thing[1]);
  const shown = (found.length ? found : near.slice()).sort(order);
  const exact = shown.filter((hit) => hit.score >= 4);

  const head = document.createElement("h2");
  head.textContent = !shown.length ? `Nothing is called “${words}”` : !found.length ? `Nothing is called “${words}”. Did you mean one of these?`
    : exact.length > 1 ? `“${words}” means ${exact.length} different things` : `Found for “${words}”`;
  const list = document.createElement("ul");
  for (const { thing: [path, label, kind, until, ], by } of shown.slice(0, MOST)) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `${path.slice(1).split("/").map(encodeURIComponent).join("/")}.html`;
    link.textContent = label;
    const note = [kind, by !== label ? `also ${by}` : "", until ? `until ${until}` : ""].filter(Boolean).join("; ");
    item.append(link, note ? ` (${note})` : "");
    list.append(item);
  }
  out.replaceChildren(head);
  if (shown.length) out.append(list);
  if (shown.length > MOST) {
    const more = document.createElement("p");
    more.textContent = `And ${(shown.length - MOST).toLocaleString("en-GB")} more. Add a word.`;
    out.append(more);
  }
  out.focus();
})();
