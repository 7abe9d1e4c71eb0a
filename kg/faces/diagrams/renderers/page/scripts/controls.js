// The controls: the day, what is left out, what is taken away.
const DAY = 86400000;
const [first, last] = scene.span;
const dayAt = (place) => new Date(Date.parse(first) + place * DAY).toISOString().slice(0, 10);
const placeOf = (day) => Math.round((Date.parse(day) - Date.parse(first)) / DAY);
const days = placeOf(last);
at("slider").max = days;

const say = (text) => { at("status").textContent = text; };

/** What a day leaves in force, in words. */
function counted() {
  if (!chosen.date) return chosen.only ? "Only this lineage is shown." : "";
  const count = (level) => scene.things.filter((thing) => levels.get(thing.id) === level).length;
  const perhaps = count("perhaps") ? `, ${count("perhaps")} perhaps` : "";
  return `On ${worded(chosen.date)}: ${count("sure")} in force${perhaps}, ${count("not")} not.`;
}

function reflect() {
  at("day").value = chosen.date;
  at("slider").value = chosen.date ? placeOf(chosen.date) : days;
  at("slider").setAttribute("aria-valuetext", chosen.date ? worded(chosen.date) : "all dates");
  at("all-days").disabled = !chosen.date;
  at("only").checked = chosen.only;
  at("only").disabled = !things.has(chosen.id);
}

at("slider").addEventListener("input", () => change({ date: dayAt(Number(at("slider").value)) }, "replace"));
at("slider").addEventListener("change", () => change({ date: dayAt(Number(at("slider").value)) }, "push"));
at("day").addEventListener("change", () => change({ date: at("day").value }, "push"));
at("all-days").addEventListener("click", () => {
  change({ date: "" }, "push");
  at("day").focus();
});
at("only").addEventListener("change", () => {
  change({ only: at("only").checked }, "push");
  fit();
});
at("closer").addEventListener("click", () => zoom(1.25));
at("further").addEventListener("click", () => zoom(0.8));
at("fit").addEventListener("click", fit);
for (const box of document.querySelectorAll("[data-family], [data-relation]")) {
  box.checked = true; // a browser that goes back remembers otherwise
  const name = box.dataset.family === undefined ? `relation:${box.dataset.relation}` : `family:${box.dataset.family}`;
  box.addEventListener("change", () => {
    chosen.off[box.checked ? "delete" : "add"](name);
    change({}, "replace");
  });
}

at("save-svg").addEventListener("click", () => save(pictured(), "image/svg+xml", "svg"));
at("save-png").addEventListener("click", async () => save(await pixels(), "image/png", "png"));
at("save-csv").addEventListener("click", () => save(scene.csv, "text/csv", "csv"));
at("print").addEventListener("click", () => window.print());
at("cite").addEventListener("click", async () => {
  const text = scene.citation.replace("AS_OF", `as of ${chosen.date ? worded(chosen.date) : scene.asOfWords}`);
  try {
    await navigator.clipboard.writeText(text);
    say("The citation is copied.");
  } catch {
    at("citation").value = text;
    at("citing").showModal();
    at("citation").select();
  }
});
const menu = document.querySelector(".menu");
menu.addEventListener("click", (event) => { if (event.target.tagName === "BUTTON") menu.open = false; });
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });

addEventListener("beforeprint", () => {
  fade();
  at("table").dataset.open = at("table").open;
  at("table").open = true;
});
addEventListener("afterprint", () => { at("table").open = at("table").dataset.open === "true"; });
