// The picture on the canvas: the same outlines, lines and words, at the same places, as in the still one.
const stage = at("diagram");
const drawn = new Map();
for (const part of [...scene.things, ...scene.ties]) drawn.set(part.id, part.shape.map((path) => new Path2D(path)));

const network = new vis.Network(
  stage,
  {
    nodes: new vis.DataSet(scene.network.nodes.map((node) => ({ ...node, ctxRenderer: renderer }))),
    edges: new vis.DataSet(scene.network.edges),
  },
  scene.network.options,
);
// The box around the canvas takes the keys, so the canvas must not be a second stop for the tab key.
stage.firstElementChild.removeAttribute("tabindex");

// What is wide lies behind what is thin.
const breadth = (tie) => (tie.ribbon ? tie.width : 0);
const layered = [...scene.ties].sort((one, other) => breadth(other) - breadth(one));

let hovered = "";

function renderer({ ctx, id }) {
  const [, , width, height] = things.get(id).box;
  return { drawNode: () => drawThing(ctx, things.get(id)), nodeDimensions: { width, height } };
}

network.on("beforeDrawing", (ctx) => {
  ctx.textBaseline = "alphabetic";
  ctx.direction = "ltr";
  ctx.lineJoin = "round";
  for (const mark of scene.marks) drawMark(ctx, mark);
  for (const tie of layered) drawTie(ctx, tie);
  for (const tie of layered) drawLabels(ctx, tie);
  ctx.globalAlpha = 1;
});

function drawMark(ctx, mark) {
  const [x, y, width, height] = mark.box;
  if (mark.kind === "lane") {
    ctx.fillStyle = scene.colours.lane;
    ctx.fillRect(x, y, width, height);
  } else if (mark.kind === "line") {
    ctx.strokeStyle = scene.colours.rule;
    ctx.lineWidth = 1;
    ctx.stroke(new Path2D(`M${x} ${y}l${width} ${height}`));
  }
  if (mark.text) write(ctx, mark.text, mark.text[4] ? scene.colours.text : scene.colours.faint);
}

function drawTie(ctx, tie) {
  if (!shown(tie.id)) return;
  const [line, head] = drawn.get(tie.id);
  const near = chosen.id && (chosen.id === tie.id || chosen.id === tie.tail || chosen.id === tie.head);
  ctx.globalAlpha = OPACITY[levels.get(tie.id)];
  if (chosen.id === tie.id || hovered === tie.id) halo(ctx, line, tie.width + 9);
  const [opacity, [, dash]] = [ctx.globalAlpha, scene.strokes[tie.relation]];
  const dark = near ? scene.colours.text : scene.colours.tie;
  if (tie.ribbon) {
    ctx.globalAlpha = opacity * scene.colours.ribbon * (near ? 2 : 1);
    stroke(ctx, line, tie.hue, tie.width);
    ctx.globalAlpha = opacity;
    if (dash.length) stroke(ctx, line, dark, 1, dash);
  } else {
    stroke(ctx, line, dark, tie.width + (near ? 0.8 : 0), dash);
  }
  ctx.fillStyle = dark;
  if (head) ctx.fill(head);
}

function stroke(ctx, path, colour, width, dash = []) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.stroke(path);
  ctx.setLineDash([]);
}

function drawLabels(ctx, tie) {
  if (!shown(tie.id)) return;
  ctx.globalAlpha = OPACITY[levels.get(tie.id)];
  for (const line of tie.labels) write(ctx, line, scene.colours.text, true);
}

function drawThing(ctx, thing) {
  if (!shown(thing.id)) return;
  const [border, stripe] = drawn.get(thing.id);
  const hue = scene.hues[thing.family];
  ctx.lineJoin = "round";
  ctx.textBaseline = "alphabetic";
  ctx.direction = "ltr";
  const opacity = OPACITY[levels.get(thing.id)];
  if (!thing.band) { // a faint box lets no line beneath it show
    ctx.fillStyle = scene.colours.ground;
    ctx.fill(border);
  }
  ctx.globalAlpha = opacity;
  if (chosen.id === thing.id || hovered === thing.id) halo(ctx, border, 11);
  ctx.fillStyle = hue;
  if (thing.band) {
    ctx.globalAlpha = opacity * scene.colours.band;
    ctx.fill(border);
    ctx.globalAlpha = opacity;
    stroke(ctx, begins(thing), hue, 2);
  } else {
    ctx.fill(stripe);
    stroke(ctx, border, hue, thing.focus ? 3 : 1.5);
  }
  for (const line of thing.lines) write(ctx, line, line[4] || thing.band ? scene.colours.text : scene.colours.faint);
}

/** The side on which a band begins. */
function begins({ band: [x, y, , height] }) {
  return new Path2D(`M${x} ${y}v${height}`);
}

function halo(ctx, path, width) {
  ctx.save();
  ctx.globalAlpha *= 0.3;
  ctx.strokeStyle = "#1d70b8";
  ctx.lineWidth = width;
  ctx.stroke(path);
  ctx.restore();
}

const ALIGNED = { start: "left", middle: "center", end: "right" };
const font = (size, bold) => `${bold ? 700 : 400} ${size}px ${scene.font}`;

function write(ctx, [x, y, text, size, bold, anchor], colour, apart = false) {
  if (size * network.getScale() < 2.5) return; // no more than a grey line, and slow
  ctx.font = font(size, bold);
  ctx.textAlign = ALIGNED[anchor];
  if (apart) {
    ctx.lineWidth = 4;
    ctx.strokeStyle = scene.colours.ground;
    ctx.strokeText(text, x, y);
  }
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

// Where the reader looks.

const MARGIN = 16;
const SMALLEST = 9; // pixels on the screen, of text that can be read

const room = () => [stage.clientWidth - 2 * MARGIN, stage.clientHeight - 2 * MARGIN];
const whole = () => Math.min(room()[0] / scene.width, room()[1] / scene.height, 1.25);
const legible = () => SMALLEST / scene.smallest;

/** Looks at a place, without leaving more of the view empty than must be. */
function look(x, y, scale) {
  const kept = ([least, most], wanted, across) => {
    const half = (across / 2 + MARGIN) / scale - MARGIN / scale;
    return most - least <= 2 * half ? (least + most) / 2 : Math.min(Math.max(wanted, least + half), most - half);
  };
  const [across, down] = room();
  network.moveTo({ position: { x: kept([0, scene.width], x, across), y: kept([0, scene.height], y, down) }, scale, animation: false });
}

/** Shows the whole, or all of the one lineage that is chosen, beside the details where they are open. */
function fit() {
  const boxes = chosen.only ? scene.things.filter((thing) => shown(thing.id)).map((thing) => thing.box) : [];
  if (!boxes.length) boxes.push([0, 0, scene.width, scene.height]);
  const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = [0, 1].map((side) => Math.max(...boxes.map((box) => box[side] + box[side + 2])));
  const scale = Math.min((room()[0] - covered()) / (right - left), room()[1] / (bottom - top), 1.25);
  network.moveTo({ position: { x: (left + right) / 2 + covered() / 2 / scale, y: (top + bottom) / 2 }, scale, animation: false });
}

/** The whole where it can be read so, else the part about the thing that is asked about, or the latest. */
function open() {
  if (whole() >= legible()) return fit();
  const scale = Math.max(legible(), Math.min(1, stage.clientWidth / 900));
  const about = scene.things.find((thing) => thing.focus);
  if (!about && scene.form !== "layers") { // time begins at the left, with its days on top
    return look(0, 0, Math.max(legible(), Math.min(scale, room()[0] / scene.width)));
  }
  const later = (one, other) => (one.starts < other.starts ? 1 : one.starts > other.starts ? -1 : one.box[1] - other.box[1]);
  const [x, y, width, height] = (about || [...scene.things].sort(later)[0]).box;
  look(x + width / 2, y + height / 2, scale);
}

/** Whether the details lie over the diagram, and how much of its width they cover; on a narrow screen they stand below. */
const covers = () => getComputedStyle(at("details")).position === "absolute";
const covered = () => (at("details").hidden || !covers() ? 0 : at("details").offsetWidth + 12);

/** Brings a thing or tie into view where it is not, and near enough to be read. */
function reveal(id) {
  const thing = things.get(id);
  const [x, y, width, height] = thing ? thing.box : [...ties.get(id).stops[0], 0, 0];
  const first = network.canvasToDOM({ x, y });
  const last = network.canvasToDOM({ x: x + width, y: y + height });
  const small = network.getScale() < legible() * 0.999;
  const inside = first.x > 4 && first.y > 4 && last.x < stage.clientWidth - covered() - 4 && last.y < stage.clientHeight - 4;
  if (inside && !small) return;
  const scale = small ? legible() : network.getScale();
  network.moveTo({ position: { x: x + width / 2 + covered() / 2 / scale, y: y + height / 2 }, scale, animation: false });
}

function zoom(by) {
  const least = Math.min(whole(), legible()) * 0.6;
  network.moveTo({ scale: Math.min(Math.max(network.getScale() * by, least), 5), animation: false });
}

network.on("zoom", () => zoom(1));
new ResizeObserver(() => {
  const view = { position: network.getViewPosition(), scale: network.getScale(), animation: false };
  network.setSize("100%", "100%");
  network.redraw();
  network.moveTo(view);
}).observe(stage);

// What lies under a place.

const pen = document.createElement("canvas").getContext("2d");

/** The id of the thing or the tie at a place of the drawing, empty for none. */
function under({ x, y }) {
  for (const thing of scene.things) {
    const [left, top, width, height] = thing.box;
    if (shown(thing.id) && x >= left && x <= left + width && y >= top && y <= top + height) return thing.id;
  }
  const reach = 8 / network.getScale();
  for (const tie of [...scene.ties].reverse()) {
    if (!shown(tie.id) || !near(tie, x, y, reach + tie.width)) continue;
    pen.lineWidth = Math.max(tie.width, reach);
    if (pen.isPointInStroke(drawn.get(tie.id)[0], x, y)) return tie.id;
  }
  return "";
}

function near(tie, x, y, reach) {
  const beyond = (side, value) =>
    tie.stops.every((stop) => stop[side] < value - reach) || tie.stops.every((stop) => stop[side] > value + reach);
  return !beyond(0, x) && !beyond(1, y);
}
