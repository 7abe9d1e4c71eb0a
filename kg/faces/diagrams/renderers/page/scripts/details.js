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
  const inside = (tie) => tie.relation === "inside";
  const led = (list, end, wanted) => leads(list.get(thing.id).filter((tie) => inside(tie) === wanted), end);
  const day = { sure: "In force", perhaps: "Perhaps in force (not all its dates are known)", not: "Not in force" };
  return [
    thing.label,
    [
      chosen.date && made("p", `${day[existed(thing, chosen.date)]} on ${worded(chosen.date)}.`, { class: "on" }),
      listed(thing.facts.length ? thing.facts : [["Kind", thing.kind], ["Dates", thing.when]]),
      headed("Came from", led(arriving, "tail", false)),
      headed("Became", led(leaving, "head", false)),
      headed("Part or member of", led(arriving, "tail", true)),
      headed("Members and parts", led(leaving, "head", true)),
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

/** Lines that lead to other things, each once, with what happened between. */
function leads(list, end) {
  const others = new Map(list.map((tie) => [tie[end], []]));
  for (const tie of list) others.get(tie[end]).push(tie);
  return [...others].map(([id, between]) => leading(id, between));
}

function leading(id, between = []) {
  const item = made("li");
  item.append(linked(things.get(id).label, id));
  for (const tie of between) {
    const shares = tie.shares.slice(0, 1).map(([basis, value]) => `${value} by ${basis}`);
    const words = [tie.word || scene.strokes[tie.relation][0], tie.when, ...shares].filter(Boolean).join(", ");
    const more = linked(words, tie.id);
    more.classList.add("faint");
    more.setAttribute("aria-label", `${words}: more of this tie`);
    item.append(more);
  }
  return item;
}

function linked(words, id) {
  const button = made("button", words, { type: "button", class: "link" });
  button.addEventListener("click", () => choose(id));
  return button;
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
    const item = made("li", "", { class: "source" });
    item.append(made("span", `[${number}]`), url ? made("a", text, { href: url, rel: "noopener noreferrer" }) : made("span", text));
    return item;
  }));
}
