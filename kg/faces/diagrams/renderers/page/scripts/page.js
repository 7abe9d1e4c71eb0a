// What is chosen, where it is kept (in the address), and how it is chosen with the mouse and the keys.

/** Changes what is chosen; `how` is "push" for a step that "back" undoes, "replace" for one that it does not. */
function change(given, how) {
  Object.assign(chosen, given);
  if (!things.has(chosen.id)) chosen.only = false;
  level();
  reflect();
  say(counted());
  if (!chosen.id) at("details").hidden = true;
  else if (!at("details").hidden) tell(chosen.id);
  fade();
  network.redraw();
  if (how) remember(how);
}

function remember(how) {
  const parts = new URLSearchParams();
  if (chosen.id) parts.set("id", chosen.id);
  if (chosen.date) parts.set("date", chosen.date);
  if (chosen.only) parts.set("only", "1");
  const address = `#${parts}`;
  if (address === (location.hash || "#")) return;
  try {
    history[`${how}State`](null, "", address);
  } catch {
    // A page within a page, as in a notebook, has no address to keep it in.
  }
}

/** Takes what is chosen from the address; what it does not know it leaves. */
function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const [id, date] = [parts.get("id") || "", parts.get("date") || ""];
  const known = things.has(id) || ties.has(id);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) && date >= first && date <= last && !Number.isNaN(Date.parse(date));
  change({ id: known ? id : "", date: day ? date : "", only: parts.get("only") === "1" && things.has(id) }, "");
  if (!chosen.id) return;
  tell(chosen.id);
  if (chosen.only) fit();
  else reveal(chosen.id);
}

/** Chooses a thing or tie, tells of it, and brings it into view. */
function choose(id, how = "push") {
  if (chosen.only && !shown(id)) chosen.only = false;
  change({ id }, how);
  tell(id);
  reveal(id);
  if (!covers()) at("details").scrollIntoView({ block: "nearest" });
}

function clear() {
  change({ id: "", only: false }, "push");
  stage.focus();
}

network.on("click", ({ pointer }) => {
  const id = under(pointer.canvas);
  if (id) choose(id);
  else if (chosen.id) change({ id: "", only: false }, "push");
});

let waiting = false;
stage.addEventListener("mousemove", (event) => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const box = stage.getBoundingClientRect();
    rest(under(network.DOMtoCanvas({ x: event.clientX - box.left, y: event.clientY - box.top })));
  });
});
stage.addEventListener("mouseleave", () => rest(""));

function rest(id) {
  if (id === hovered) return;
  hovered = id;
  stage.classList.toggle("over", Boolean(id));
  network.redraw();
}

// Arrow keys go along the lineage.

const middle = (thing) => [thing.box[0] + thing.box[2] / 2, thing.box[1] + thing.box[3] / 2];

function along(list, end) {
  const here = middle(things.get(chosen.id))[1];
  const away = (id) => Math.abs(middle(things.get(id))[1] - here);
  const ids = list.get(chosen.id).filter((tie) => shown(tie.id)).map((tie) => tie[end]);
  return ids.sort((one, other) => away(one) - away(other))[0];
}

function beside(by) {
  const [x, y] = middle(things.get(chosen.id));
  const column = scene.things.filter((thing) => shown(thing.id) && thing.box[0] <= x && x <= thing.box[0] + thing.box[2]);
  const further = column.filter((thing) => (middle(thing)[1] - y) * by > 0.1);
  return further.sort((one, other) => (middle(one)[1] - middle(other)[1]) * by)[0]?.id;
}

function step(next) {
  const start = things.has(chosen.id) ? next() : (scene.things.find((thing) => thing.focus && shown(thing.id)) || scene.things.find((thing) => shown(thing.id)))?.id;
  if (!start) return say("Nothing further that way.");
  change({ id: start }, "replace");
  reveal(start);
  const thing = things.get(start);
  say([thing.label, thing.short, thing.when].filter(Boolean).join(", "));
}

const KEYS = {
  ArrowLeft: () => step(() => along(arriving, "tail")),
  ArrowRight: () => step(() => along(leaving, "head")),
  ArrowUp: () => step(() => beside(-1)),
  ArrowDown: () => step(() => beside(1)),
  Enter: () => { if (chosen.id) { choose(chosen.id); at("details-title").focus(); } },
  Escape: clear,
  "+": () => zoom(1.25),
  "=": () => zoom(1.25),
  "-": () => zoom(0.8),
  0: fit,
};
stage.addEventListener("keydown", (event) => {
  if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  KEYS[event.key]();
});
at("details").addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
at("close").addEventListener("click", clear);
addEventListener("popstate", recall);

// Opening: fonts first, for the picture is drawn once.

at("table").open = false;
Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 12px Arimo`))).then(() => {
  network.setSize("100%", "100%");
  network.redraw();
  open();
  recall();
  network.once("afterDrawing", () => {
    document.documentElement.dataset.ready = "";
    performance.mark("ready");
  });
  network.redraw();
});

// pyvis leaves its network where the console and other scripts find it; so do we, with what is chosen.
window.network = network;
window.kg = Object.freeze({ scene, chosen, levels, lineage: (id) => [...lineage(id)], choose, change, pictured, pixels, font, under });
