// The still picture, which is what prints and what is downloaded: what is faint in the diagram is faint in it too.
const still = at("still").querySelector("svg");
const groups = new Map();
for (const group of still.querySelectorAll("[data-id]")) {
  const id = group.getAttribute("data-id");
  groups.set(id, [...(groups.get(id) || []), group]);
}

function fade() {
  for (const [id, parts] of groups) {
    for (const part of parts) {
      const opacity = OPACITY[levels.get(id)];
      if (opacity === 1) part.removeAttribute("opacity");
      else part.setAttribute("opacity", opacity);
    }
  }
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
  if (chosen.date) note(copy, `Shown as on ${worded(chosen.date)}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** Writes what the reader has chosen below the title, at the right. */
function note(copy, words) {
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  const [width, size] = [copy.viewBox.baseVal.width, Math.min(Math.max(copy.viewBox.baseVal.width / 1300, 1), 1.8) * 12];
  for (const [name, value] of Object.entries({ x: width - 32, y: size * 1.6, "font-size": size, "text-anchor": "end", fill: scene.colours.text })) {
    text.setAttribute(name, value);
  }
  text.textContent = words;
  copy.append(text);
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
