// The still picture, which is what prints and what is downloaded: what is faint in the diagram is faint in it too.
const still = at("still").querySelector("svg");
const groups = new Map();
for (const group of still.querySelectorAll("[data-id]")) {
  const id = group.getAttribute("data-id");
  groups.set(id, [...(groups.get(id) || []), group]);
}

/** Below the title, at the right: what the reader has chosen. */
const note = document.createElementNS("http://www.w3.org/2000/svg", "text");
const large = Math.min(Math.max(still.viewBox.baseVal.width / 1300, 1), 1.8) * 12;
const set = { x: still.viewBox.baseVal.width - 32, y: large * 1.8, "font-size": large, "text-anchor": "end", fill: scene.colours.text };
for (const [name, value] of Object.entries(set)) note.setAttribute(name, value);
still.append(note);

function fade() {
  for (const [id, parts] of groups) {
    const opacity = OPACITY[levels.get(id)];
    for (const part of parts) {
      if (opacity === 1) part.removeAttribute("opacity");
      else part.setAttribute("opacity", opacity);
    }
  }
  const kept = chosen.only ? [`Only the lineage of ${things.get(chosen.id).label}`] : [];
  note.textContent = [...kept, ...(chosen.date ? [`Shown as on ${worded(chosen.date)}`] : [])].join(" \u00b7 ");
}

/** The still picture as a file of its own, with its fonts in it. */
function pictured() {
  fade();
  const copy = still.cloneNode(true);
  for (const group of copy.querySelectorAll('[opacity="0"]')) group.remove();
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  style.textContent = rules.filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => rule.cssText).join("\n");
  copy.insertBefore(style, copy.querySelector("rect"));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

function save(content, type, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = `${scene.file}.${ending}`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const LEAST = 2000; // pixels: wide enough for print
const MOST = 12000; // and no side that a browser cannot hold

/** The still picture as PNG, on white. */
async function pixels() {
  const { width, height } = still.viewBox.baseVal;
  const scale = Math.min(Math.max(2, (LEAST + 1) / width), MOST / Math.max(width, height));
  const image = new Image(Math.ceil(width * scale), Math.ceil(height * scale));
  const address = URL.createObjectURL(new Blob([pictured()], { type: "image/svg+xml" }));
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = scene.colours.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
