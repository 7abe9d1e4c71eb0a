"use strict";
// The editor of the SPARQL page. Without it the form still works: every button of the form is a button of the form.
(() => {
  const form = document.getElementById("ask");
  const field = document.getElementById("query");
  const holder = document.getElementById("editor");
  const run = document.getElementById("run");
  const told = document.getElementById("told");
  const fault = document.getElementById("fault");
  const results = document.getElementById("results");
  const words = JSON.parse(document.getElementById("words").textContent);
  const { Yasqe, Yasr } = window.Yasgui;
  const { things, terms, doc, ontology } = form.dataset;
  /** The longest address that is kept in the history; longer queries are run all the same. */
  const LONGEST = 6000;
  /** The suggestions that are shown at once. */
  const SHOWN = 50;

  // The table keeps the widths of its columns in the browser where it can. Nothing is kept here: it then holds them itself.
  Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("Nothing is kept.", "SecurityError"); } });

  // Completion: from the words in the page, never from elsewhere.
  const named = {
    class: words.classes,
    property: words.properties,
    things: words.things.map(([path, label]) => [things + path, label]),
  };
  const labels = new Map(Object.values(named).flat());

  /** Give IRIs that begin as what is typed, then those that have it in them or in their label. */
  function matching(kind, typed) {
    const at = Math.max(typed.lastIndexOf("#"), typed.lastIndexOf("/")) + 1;
    const base = typed.slice(0, at), part = typed.slice(at).toLowerCase();
    const first = [], then = [];
    for (const [iri, label] of named[kind]) {
      if (!iri.startsWith(base)) continue;
      const rest = iri.slice(at).toLowerCase();
      if (rest.startsWith(part)) first.push(iri);
      else if (rest.includes(part) || label.toLowerCase().includes(part)) then.push(iri);
      if (first.length === SHOWN) break;
    }
    return [...first, ...then].slice(0, SHOWN);
  }

  /** Show the label beside each suggestion. */
  function labelled(yasqe, hints) {
    const prefixes = yasqe.getPrefixesFromQuery();
    return hints.map((hint) => ({ ...hint, render: (item) => {
      const [prefix, rest] = hint.text.split(/:(.*)/s);
      const iri = hint.text.startsWith("<") ? hint.text.slice(1, -1) : (prefixes[prefix] || "") + rest;
      item.textContent = hint.text;
      const label = labels.get(iri);
      if (label) {
        const note = document.createElement("span");
        note.className = "label";
        note.textContent = label;
        item.append(note);
      }
    } }));
  }

  const completer = (kind) => ({
    name: `our-${kind}`, autoShow: true, bulk: false, persistenceId: null,
    get: (_, token) => matching(kind, token?.autocompletionString || ""), postprocessHints: labelled,
  });
  Yasqe.forkAutocompleter("class", completer("class"), false);
  Yasqe.forkAutocompleter("property", completer("property"), false);
  Yasqe.forkAutocompleter("property", {
    ...completer("things"),
    isValidCompletionPosition: (yasqe) => {
      const { string } = yasqe.getCompleteToken();
      const [, prefix] = string.match(/^([a-z]+):/) || [];
      const base = prefix && (yasqe.getPrefixesFromQuery()[prefix] || words.prefixes[prefix]);
      return base ? base.startsWith(things) : string.startsWith(`<${things}`);
    },
  }, false);
  Yasqe.forkAutocompleter("prefixes", {
    name: "our-prefixes", persistenceId: null,
    get: () => Object.entries(words.prefixes).map(([prefix, base]) => `${prefix}: <${base}>`).sort(),
  }, false);

  // Its own completers ask elsewhere, or keep words in the browser: none of them is ever begun.
  Yasqe.defaults.autocompleters = ["variables", "our-prefixes", "our-property", "our-class", "our-things"];

  // The editor stands in the place of the textarea, and keeps it filled: the buttons of the form send that.
  const yasqe = new Yasqe(holder, {
    value: field.value, persistenceId: null, consumeShareLink: null, createShareableLink: null, showQueryButton: false,
    resizeable: false, editorHeight: "auto", viewportMargin: Infinity,
    extraKeys: { Tab: false, "Shift-Tab": false },
    requestConfig: { endpoint: new URL(form.getAttribute("action"), location.href).href.split("?")[0], method: "POST" },
  });
  field.hidden = true;
  document.getElementById("keys").hidden = false;
  const input = yasqe.getInputField();
  input.setAttribute("aria-label", "Query");
  input.setAttribute("aria-describedby", "keys");
  document.querySelector('label[for="query"]').addEventListener("click", (event) => { event.preventDefault(); yasqe.focus(); });
  const keep = () => { field.value = yasqe.getValue(); };
  yasqe.on("change", keep);
  form.addEventListener("submit", keep);

  // Running: the result is shown below, and the query stands in the address.
  let yasr = null;
  let running = false;
  function busy(now) {
    running = now;
    run.textContent = now ? "Stop" : "Run";
    if (now) { told.textContent = "Running…"; fault.replaceChildren(); }
  }
  run.addEventListener("click", (event) => {
    event.preventDefault();
    if (running) yasqe.abortQuery();
    else yasqe.query().catch(() => {});
  });
  function address(query) {
    const here = new URL(location.href);
    const next = new URL(here.pathname, here);
    next.searchParams.set("query", query);
    if (next.href.length < LONGEST && here.searchParams.get("query") !== query) history.pushState(null, "", next);
  }
  yasqe.on("query", () => { busy(true); address(yasqe.getValue()); });
  yasqe.on("queryAbort", () => { busy(false); told.textContent = "Stopped."; });
  yasqe.on("queryResponse", (_, response, took) => {
    busy(false);
    if (response instanceof Error) { if (response.name !== "AbortError") refused(response.message); return; }
    if (!yasr) {
      results.replaceChildren();
      yasr = new Yasr(results, {
        persistenceId: null, prefixes: words.prefixes, getDownloadFileName: () => "result",
        plugins: { table: { enabled: true }, response: { enabled: true }, boolean: { enabled: true } },
      });
      mended();
    }
    results.hidden = false;
    yasr.setResponse(response, took);
    const count = yasr.results?.getBindings()?.length;
    const [one, many] = ["CONSTRUCT", "DESCRIBE"].includes(yasqe.getQueryType()) ? ["triple", "triples"] : ["row", "rows"];
    const time = `${(took / 1000).toFixed(1)} s`;
    told.textContent = count === undefined ? `Answered in ${time}.` : `${count.toLocaleString("en-GB")} ${count === 1 ? one : many} in ${time}.`;
  });
  function refused(message) {
    let words = message;
    try { const problem = JSON.parse(message); words = problem.detail || problem.title || message; } catch { /* it is text */ }
    if (message === "Failed to fetch") words = "The server does not answer. See that it runs, and try again.";
    told.textContent = "";
    results.hidden = true;
    const said = document.createElement("p");
    said.className = "said caution";
    said.textContent = words;
    fault.replaceChildren(said);
  }
  addEventListener("popstate", () => {
    const given = new URL(location.href).searchParams;
    const query = given.get("query") || given.get("edit");
    if (query) { yasqe.setValue(query); if (given.get("query")) yasqe.query().catch(() => {}); }
    else location.reload();
  });

  // What YASGUI leaves undone: names for its fields, and links of our own things to their pages here.
  function mended() {
    const mend = () => {
      for (const area of results.querySelectorAll(".CodeMirror textarea:not([aria-label])")) {
        area.setAttribute("aria-label", "Response");
        area.closest(".CodeMirror").querySelector(".CodeMirror-scroll")?.setAttribute("tabindex", "0");
      }
      for (const box of results.querySelectorAll(".tableFilter:not([aria-label])")) box.setAttribute("aria-label", "Filter the rows");
      for (const box of results.querySelectorAll(".tableSizer:not([aria-label])")) box.setAttribute("aria-label", "Rows on a page");
      for (const link of results.querySelectorAll("a.iri[href]:not([data-seen])")) {
        link.dataset.seen = "";
        const iri = link.getAttribute("href");
        if (iri.startsWith(things)) link.href = doc + iri.slice(things.length);
        else if (iri.startsWith(terms)) link.href = ontology;
        else continue;
        link.removeAttribute("target");
      }
      for (const head of results.querySelectorAll("th .dt-column-title:empty")) {
        const name = document.createElement("span");
        name.className = "unseen";
        name.textContent = "Row";
        head.append(name);
      }
      const help = results.querySelector(".yasr_external_ref_btn");
      if (help) help.remove();
      const table = results.querySelector(".yasr_results");
      if (table && !table.hasAttribute("tabindex")) { table.tabIndex = 0; table.setAttribute("role", "region"); table.setAttribute("aria-label", "Table of results"); }
    };
    new MutationObserver(mend).observe(results, { childList: true, subtree: true });
    mend();
  }
  window.asking = { yasqe };
})();
