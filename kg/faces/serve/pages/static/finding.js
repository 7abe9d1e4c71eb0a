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
  const asks = parts.length > 2 && (words.includes("?") || ["what", "how", "who", "when", "where", "which"].includes(parts[0]));
  const near = [], found = [];
  for (const thing of sought ? window.names : []) {
    const [, , , , over, names] = thing;
    let best = 0, by = "";
    for (const name of names) {
      const folded = fold(name);
      const score = folded === sought ? 4 : folded.startsWith(`${sought} `) ? 3 : parts.every((part) => ` ${folded}`.includes(` ${part}`)) ? 2 : 0;
      if (score > best) { best = score; by = name; }
    }
    if (best) found.push({ thing, score: best + (over ? 0 : 0.5), by });
    else {
      const likeness = Math.max(...names.map((name) => alike(pieces, threes(fold(name)))));
      if (likeness > 0.4) near.push({ thing, score: likeness, by: names[0] });
    }
  }
  const order = (one, other) => other.score - one.score || one.thing[1].localeCompare(other.thing[1]);
  const shown = (found.length ? found : near.slice()).sort(order);
  const exact = shown.filter((hit) => hit.score >= 4);

  const head = document.createElement("h2");
  head.textContent = !shown.length ? `Nothing is called “${words}”` : !found.length ? `Nothing is called “${words}”. Did you mean one of these?`
    : exact.length > 1 ? `“${words}” means ${exact.length} different things` : `Found for “${words}”`;
  const list = document.createElement("ul");
  for (const { thing: [path, label, kind, when, , names], by } of shown.slice(0, MOST)) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `${path.slice(1).split("/").map(encodeURIComponent).join("/")}.html`;
    link.textContent = label;
    const known = by === names[0] || label.endsWith(`(${by})`) || label.includes(`(${by}, `);
    const note = [kind, known ? "" : `also ${by}`, when].filter(Boolean).join("; ");
    item.append(link, note ? ` (${note})` : "");
    list.append(item);
  }
  out.replaceChildren(head);
  if (asks) {
    const hint = document.createElement("p");
    hint.className = "said";
    hint.textContent = "Questions cannot be asked of files: they need the server (kg serve) or the command line (kg ask). Here names, codes and acronyms are found.";
    out.append(hint);
  }
  if (shown.length) out.append(list);
  if (shown.length > MOST) {
    const more = document.createElement("p");
    more.textContent = `And ${(shown.length - MOST).toLocaleString("en-GB")} more. Add a word.`;
    out.append(more);
  }
  out.focus();
})();
