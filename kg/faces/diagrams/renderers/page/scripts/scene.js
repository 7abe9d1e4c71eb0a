// What the page is about, and what may be asked of it. Nothing here draws.
document.documentElement.classList.add("js"); // what needs a script is seen from here on
const scene = JSON.parse(document.getElementById("scene").textContent);
const things = new Map(scene.things.map((thing) => [thing.id, thing]));
const ties = new Map(scene.ties.map((tie) => [tie.id, tie]));
const leaving = new Map(scene.things.map((thing) => [thing.id, []]));
const arriving = new Map(scene.things.map((thing) => [thing.id, []]));
for (const tie of scene.ties) {
  leaving.get(tie.tail).push(tie);
  arriving.get(tie.head).push(tie);
}

const at = (id) => document.getElementById(id);

// Days are ISO text, which is in the order of time. Periods are half-open.
const within = (day, [first, end]) => first <= day && day < end;

/** "sure", "perhaps" or "not": whether a thing existed on a day. */
function existed(thing, day) {
  if (within(day, thing.sure)) return "sure";
  return within(day, [thing.starts, thing.ends]) ? "perhaps" : "not";
}

/** Whether a transfer had happened by a day, or a membership held on it. */
const holds = (tie, day) => within(day, [tie.starts, tie.ends]);

/** The ids of the ties that a thing's lineage runs through, both ways: docs/decisions/0008. */
const lineage = (start) => new Set([...walk(start, true), ...walk(start, false)]);

/**
 * Goes from thing to thing by transfers whose days never go back; on the way back, never on.
 * Only the earliest arrival counts, and each thing is left once, so a circle ends.
 */
function walk(start, ahead) {
  const found = new Set();
  const left = new Set();
  const clocks = new Map([[start, ahead ? "" : scene.asOf]]);
  const sooner = (one, other) => (ahead ? one < other : one > other);
  while (clocks.size) {
    let id = null;
    for (const [each, clock] of clocks) if (id === null || sooner(clock, clocks.get(id))) id = each;
    const clock = clocks.get(id);
    clocks.delete(id);
    left.add(id);
    for (const tie of (ahead ? leaving : arriving).get(id)) {
      if (!tie.walk || tie.walk > scene.asOf || sooner(tie.walk, clock)) continue;
      found.add(tie.id);
      const next = ahead ? tie.head : tie.tail;
      if (!left.has(next) && !(clocks.has(next) && !sooner(tie.walk, clocks.get(next)))) clocks.set(next, tie.walk);
    }
  }
  return found;
}

// What the reader has chosen. `id` is a thing or a tie; `off` are the families and relations that are left out.
const chosen = { id: "", date: "", only: false, off: new Set() };

// How each thing and tie is shown: "sure", "perhaps" (a little faint), "not" (faint) or "gone".
const levels = new Map();

function level() {
  const kept = chosen.only && things.has(chosen.id) ? lineage(chosen.id) : null;
  const near = kept && new Set([chosen.id, ...[...kept].flatMap((id) => [ties.get(id).tail, ties.get(id).head])]);
  for (const thing of scene.things) {
    const out = chosen.off.has(`family:${thing.family}`) || (near && !near.has(thing.id));
    levels.set(thing.id, out ? "gone" : chosen.date ? existed(thing, chosen.date) : "sure");
  }
  for (const tie of scene.ties) {
    const out =
      chosen.off.has(`relation:${tie.relation}`) || (kept && !kept.has(tie.id)) ||
      levels.get(tie.tail) === "gone" || levels.get(tie.head) === "gone";
    levels.set(tie.id, out ? "gone" : !chosen.date || holds(tie, chosen.date) ? "sure" : "not");
  }
}

const OPACITY = { sure: 1, perhaps: 0.55, not: 0.22, gone: 0 };
const shown = (id) => levels.get(id) !== "gone";

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** A day in words: "1 April 2013". */
function worded(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}
