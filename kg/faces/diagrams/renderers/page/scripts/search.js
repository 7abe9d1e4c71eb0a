// Search: a combobox over names, codes, keys and acronyms. A word that means several things offers them all.
const plainly = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const words = (text) => plainly(text).split(/[^\p{L}\p{N}-]+/u).filter(Boolean);
const index = scene.things.map((thing) => {
  const exact = [thing.label, thing.key, thing.short, ...thing.codes.split(", "), ...thing.facts.filter(([name]) => /code/.test(name)).flatMap(([, value]) => value.split(", "))];
  return { thing, exact: new Set(exact.filter(Boolean).map(plainly)), hay: plainly([...exact, thing.kind].join(" ")), start: plainly(thing.label) };
});
const MANY = 12;
let hits = [];
let active = -1;

/** What is meant: that which a word names whole, then what begins with it, then what has all its words. */
function find(query) {
  const [whole, parts] = [plainly(query.trim()), words(query)];
  if (!parts.length) return [];
  const rank = ({ exact, start }) => (exact.has(whole) ? 0 : start.startsWith(whole) ? 1 : 2);
  return index
    .filter(({ thing, exact, hay }) => shown(thing.id) && (exact.has(whole) || parts.every((part) => hay.includes(part))))
    .map((entry) => ({ thing: entry.thing, rank: rank(entry) }))
    .sort((one, other) => one.rank - other.rank || (one.thing.label < other.thing.label ? -1 : 1));
}

function suggest() {
  hits = find(at("find").value);
  active = -1;
  const options = hits.slice(0, MANY).map(({ thing }, place) => {
    const option = made("li", "", { role: "option", id: `found-${place}`, "aria-selected": "false" });
    option.append(made("b", thing.label), made("span", [thing.short, thing.codes, thing.when].filter(Boolean).join(" \u00b7 ")));
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(place));
    return option;
  });
  at("found").replaceChildren(...options);
  unfold(options.length > 0);
  const many = hits.length === 1 ? "1 thing" : `${hits.length} things`;
  say(at("find").value.trim() ? `${many} found${hits.length > MANY ? `, the first ${MANY} listed` : ""}.` : "");
}

function unfold(open) {
  at("found").hidden = !open;
  at("find").setAttribute("aria-expanded", String(open));
  at("find").removeAttribute("aria-activedescendant");
}

function move(by) {
  const options = [...at("found").children];
  if (!options.length) return;
  unfold(true);
  active = (active + by + (active < 0 && by < 0 ? 1 : 0) + options.length) % options.length;
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
  at("find").setAttribute("aria-activedescendant", options[active].id);
  options[active].scrollIntoView({ block: "nearest" });
}

function take(place) {
  const { thing } = hits[place];
  unfold(false);
  at("find").value = thing.label;
  choose(thing.id);
}

function enter() {
  const exact = hits.filter(({ rank }) => rank === 0);
  if (active >= 0) take(active);
  else if (hits.length === 1 || exact.length === 1) take(0);
  else {
    unfold(hits.length > 0);
    say(hits.length ? `${hits.length} things are meant. Choose with the arrow keys.` : "Nothing here has that name.");
  }
}

at("find").addEventListener("input", suggest);
at("find").addEventListener("blur", () => unfold(false));
at("find").addEventListener("keydown", (event) => {
  const acts = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter, Escape: () => (at("found").hidden ? (at("find").value = "") : unfold(false)) };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});
