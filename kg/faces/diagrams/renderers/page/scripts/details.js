// What is known of the thing or tie that is chosen; all of it is set as text.
function made(name, text = "", attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function tell(id) {
  const [title, parts] = things.has(id) ? ofThing(things.get(id)) : ofTie(ties.get(id));
  at("details-title").textContent = title;
  at("details-body").replaceChildren(...parts.filter(Boolean));
  at("details").hidden = false;
  at("details").scrollTop = 0;
}

function ofThing(thing) {
  const transfers = (list, end) => list.filter((tie) => tie.relation !== "inside").map((tie) => leading(tie[end], tie));
  const inside = (list, end) => list.filter((tie) => tie.relation === "inside").map((tie) => leading(tie[end], tie));
  const day = chosen.date && { sure: "In force", perhaps: "Perhaps in force: its dates are not all known", not: "Not in force" }[existed(thing, chosen.date)];
  return [
    thing.label,
    [
      day && made("p", `${day} on ${worded(chosen.date)}.`, { class: "on" }),
      listed(thing.facts.length ? thing.facts : [["Kind", thing.kind], ["Dates", thing.when]]),
      headed("Came from", transfers(arriving.get(thing.id), "tail")),
      headed("Became", transfers(leaving.get(thing.id), "head")),
      headed("Part or member of", inside(arriving.get(thing.id), "tail")),
      headed("Members and parts", inside(leaving.get(thing.id), "head")),
      rested(thing.sources),
    ],
  ];
}

function ofTie(tie) {
  const told = new Set(tie.facts.map(([, value]) => value));
  const shares = tie.shares.filter(([, value]) => !told.has(value) && !told.has(value.replace("\u00a0", " ")));
  return [
    `${things.get(tie.tail).label} \u2192 ${things.get(tie.head).label}`,
    [
      listed([
        ...(tie.facts.length ? tie.facts : [["What happened", tie.summary || tie.word || scene.strokes[tie.relation][0]], ["When", tie.when]]),
        ...shares.map(([basis, value]) => [`Share by ${basis}`, value]),
      ]),
      headed("Between", [leading(tie.tail), leading(tie.head)]),
      rested(tie.sources),
    ],
  ];
}

function listed(facts) {
  const list = made("dl");
  for (const [name, value] of facts) if (value) list.append(made("dt", name), made("dd", value));
  return list;
}

/** A line that leads to another thing, with what happened between. */
function leading(id, tie = null) {
  const item = made("li");
  const button = made("button", things.get(id).label, { type: "button", class: "link" });
  button.addEventListener("click", () => choose(id));
  item.append(button);
  if (!tie) return item;
  const shares = tie.shares.slice(0, 1).map(([basis, value]) => `${value} by ${basis}`);
  const words = [tie.word || scene.strokes[tie.relation][0], tie.when, ...shares].filter(Boolean).join(", ");
  const more = made("button", words, { type: "button", class: "link faint", "aria-label": `${words}: more of this tie` });
  more.addEventListener("click", () => choose(tie.id));
  item.append(more);
  return item;
}

function headed(title, items) {
  if (!items.length) return null;
  const [part, list] = [made("div"), made("ul")];
  list.append(...items);
  part.append(made("h3", title), list);
  return part;
}

function rested(numbers) {
  return headed("Sources", numbers.map((number) => {
    const { text, url } = scene.sources[number - 1];
    const item = made("li", `[${number}] `);
    item.append(url ? made("a", text, { href: url, rel: "noopener noreferrer" }) : text);
    return item;
  }));
}
