"use strict";
// Draws the page from the data in it. One matrix, one position of the slider and one range of cycles are current.

const trace = JSON.parse(document.getElementById("trace").textContent);
const byId = (id) => document.getElementById(id);
const PAIR_COLOURS = ["--c2", "--c3", "--c4", "--c5", "--c0", "--c1", "--c6"];
const WORK_COLOURS = {
  A: "--c0", U: "--c1", V: "--c2", QR: "--c3", "diagonal blocks": "--c4", written: "--c4", "first angles": "--c4",
  sweeps: "--c0", decomposing: "--c0", sorting: "--c4", unloading: "--c1", unload: "--c5", load: "--c5",
  inserts: "--c4", turns: "--c1",
};

let matrix, frames, position = 0, view = [0, 1], timer = null, colours = {};

// ---------------------------------------------------------------- Colours and canvases

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["--paper", "--card", "--ink", "--soft", "--grid", "--edge", ...PAIR_COLOURS]) {
    colours[name] = style.getPropertyValue(name).trim();
  }
}

function channels(colour) {
  return [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
}

function mixed(from, to, share) {
  const [a, b] = [channels(from), channels(to)];
  return a.map((c, k) => Math.round(c + (b[k] - c) * share));
}

const rgb = (colour) => `rgb(${colour.join(",")})`;

// Black or white, whichever is easier to read on a colour.
const readable = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 128 ? "#111" : "#fff");

// A canvas of this height whose units are CSS pixels.
function prepared(canvas, height) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 300;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { context, width, height };
}

function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

// ---------------------------------------------------------------- Frames

// The positions of the slider: steps of the reduction, steps of the sweeps, and what left the core.
function framesOf(m) {
  const scale = 2 ** (m.input_exponent - m.a_frac), shifted = scale * 2 ** m.block_exponent;
  const vectors = 2 ** -m.vector_frac;
  const map = (name, rows, unit, linear) => ({ name, rows, unit, linear });
  const last = m.reduction.length ? Math.max(...m.reduction.map((r) => r.step)) : 0;
  const all = m.reduction.map((r) => ({
    title: r.merges
      ? `reduction, step ${r.step} of ${last}: the second triangle is merged into the first`
      : `reduction, step ${r.step} of ${last}: rows stream in, two at a time`,
    cycle: r.cycle, rotations: [], end: r.step === last,
    maps: [map("triangle of lane 0", r.triangles[0], scale), map("triangle of lane 1", r.triangles[1], scale)],
  }));
  const names = trace.core.symmetric ? ["", "eigenvectors so far"] : ["U so far", "V so far"];
  const steps = Math.max(0, ...m.steps.map((s) => s.step));
  for (const s of m.steps) {
    const maps = [map("A", s.a, shifted)];
    if (s.u) maps.push(map(names[0], s.u, vectors, true));
    if (s.v) maps.push(map(names[1], s.v, vectors, true));
    all.push({
      title: s.sweep ? `sweep ${s.sweep} of ${m.sweeps}, step ${s.step} of ${steps}` : "before the first sweep",
      cycle: s.cycle, rotations: s.rotations, maps, end: s.step === steps || s.sweep === 0,
      sweep: s.sweep, step: s.step, index: s.sweep ? (s.sweep - 1) * steps + s.step : 0,
    });
  }
  const values = m.output.values, name = trace.core.symmetric ? "eigenvalues" : "sigma";
  const diagonal = values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));
  const unit = 2 ** (m.input_exponent + m.block_exponent - m.output.values_frac);
  const maps = [map(`${name}, on a diagonal`, diagonal, unit)];
  if (m.output.u) maps.push(map("U", m.output.u, vectors, true));
  if (m.output.v) maps.push(map(trace.core.symmetric ? "eigenvectors" : "V", m.output.v, vectors, true));
  all.push({ title: "what left the core: sorted, signs corrected", cycle: m.beats[3], rotations: [], maps, end: true });
  return all;
}

// ---------------------------------------------------------------- Heat maps

function drawHeat(canvas, map, rotations) {
  const rows = map.rows.length, columns = map.rows[0] ? map.rows[0].length : 0;
  const margin = rotations.length ? 10 : 2;
  const side = Math.max(1, (canvas.clientWidth - margin - 2) / Math.max(columns, 1));
  const cell = Math.min(side, 56);
  const { context } = prepared(canvas, margin + 2 + cell * rows);
  const largest = Math.max(1, ...map.rows.flat().map(Math.abs));
  const logarithmic = byId("logarithmic").checked && !map.linear;
  map.rows.forEach((row, r) => row.forEach((units, c) => {
    const size = Math.abs(units);
    let share = size / largest;
    if (logarithmic && size) share = largest > 1 ? 0.06 + 0.94 * Math.log(size) / Math.log(largest) : 1;
    const colour = mixed(colours["--paper"], colours[units > 0 ? "--c1" : "--c0"], share);
    context.fillStyle = rgb(colour);
    const [x, y] = [margin + c * cell, margin + r * cell];
    context.fillRect(x, y, cell, cell);
    if (cell >= 9) {
      context.strokeStyle = colours["--grid"];
      context.lineWidth = 0.5;
      context.strokeRect(x, y, cell, cell);
    }
    if (cell >= 34) {
      context.fillStyle = readable(colour);
      context.textAlign = "center";
      context.font = `${cell >= 46 ? 11 : 9}px system-ui, sans-serif`;
      const value = units * map.unit;
      const digits = Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 1e-3 ? value.toPrecision(2) : value.toExponential(0);
      context.fillText(size ? digits : "0", x + cell / 2, y + cell / 2);
    }
  }));
  rotations.forEach(({ pair }, k) => pair.forEach((index) => {
    context.fillStyle = colours[PAIR_COLOURS[k % PAIR_COLOURS.length]];
    if (index < rows) context.fillRect(0, margin + index * cell + 1, 6, cell - 2);
    if (index < columns && map.name === "A") context.fillRect(margin + index * cell + 1, 0, cell - 2, 6);
  }));
  canvas.onpointermove = (event) => {
    const [c, r] = [Math.floor((event.offsetX - margin) / cell), Math.floor((event.offsetY - margin) / cell)];
    const units = map.rows[r] && map.rows[r][c];
    if (units === undefined) return;
    byId("heat-at").textContent = `${map.name}, row ${r + 1}, column ${c + 1}: ${units * map.unit} (${units} units of the last place)`;
  };
}

function drawHeats() {
  const frame = frames[position], box = byId("heats");
  if (box.children.length !== frame.maps.length) {
    box.replaceChildren(...frame.maps.map(() => {
      const figure = document.createElement("figure"), canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      figure.append(document.createElement("figcaption"), canvas);
      return figure;
    }));
  }
  frame.maps.forEach((map, k) => {
    const [caption, canvas] = box.children[k].children;
    caption.textContent = map.name;
    canvas.setAttribute("aria-label", `${map.name}, ${frame.title}`);
    // Rows of A take part in a rotation, and columns of U and V.
    drawHeat(canvas, map, map.name === "A" ? frame.rotations : []);
  });
  const unit = frame.maps[0].unit;
  byId("range").textContent = byId("logarithmic").checked
    ? `The strongest colour is the largest element of each picture; in the first one, the palest is a unit of the last place, ${number(unit)}.`
    : "The strongest colour is the largest element of each picture.";
}

function degrees({ cosine, sine }) {
  return `${(Math.atan2(sine, cosine) * 180 / Math.PI).toFixed(4)}°`;
}

function drawPairs() {
  const { rotations } = frames[position], table = byId("pairs");
  const cells = (tag, texts) => texts.map((text) => Object.assign(document.createElement(tag), { textContent: text }));
  const row = (children) => { const tr = document.createElement("tr"); tr.append(...children); return tr; };
  if (!rotations.length) {
    const rows = frames[position].title.startsWith("reduction");
    const told = cells("td", [rows ? "rows that stream in are rotated against rows of the triangles" : "no pairs are rotated here"]);
    told[0].className = "left";
    table.replaceChildren(row(told));
    return;
  }
  const lines = rotations.map(({ pair, left, right }, k) => {
    const tds = cells("td", [`rows and columns ${pair[0] + 1} and ${pair[1] + 1}`, degrees(left), degrees(right)]);
    const mark = document.createElement("i");
    mark.style.background = `var(${PAIR_COLOURS[k % PAIR_COLOURS.length]})`;
    tds[0].className = "left";
    tds[0].prepend(mark);
    return row(tds);
  });
  const heads = cells("th", ["pair", "rows turned by", "columns turned by"]);
  heads[0].className = "left";
  table.replaceChildren(row(heads), ...lines);
}

// ---------------------------------------------------------------- The norm

function drawNorm() {
  const values = matrix.off_diagonal, frame = frames[position];
  const { context, width, height } = prepared(byId("norm"), 220);
  const logs = values.filter((v) => v > 0).map(Math.log10);
  const top = logs.length ? Math.ceil(Math.max(...logs)) : 0, low = Math.min(top - 1, logs.length ? Math.floor(Math.min(...logs)) : 0);
  const [x0, y0, x1, y1] = [58, 10, width - 10, height - 34];
  const x = (k) => x0 + (x1 - x0) * k / Math.max(1, values.length - 1);
  const y = (v) => (v > 0 ? y1 - (y1 - y0) * (Math.log10(v) - low) / (top - low) : y1);
  context.lineWidth = 1;
  context.textAlign = "right";
  const every = Math.ceil((top - low) / 6);
  for (let decade = low; decade <= top; decade += every) {
    context.strokeStyle = colours["--grid"];
    line(context, x0, y(10 ** decade), x1, y(10 ** decade));
    context.fillStyle = colours["--soft"];
    context.fillText(`1e${decade}`, x0 - 6, y(10 ** decade));
  }
  const steps = matrix.sweeps ? (values.length - 1) / matrix.sweeps : 0;
  context.textAlign = "center";
  for (let sweep = 0; sweep <= matrix.sweeps && steps; sweep += 1) {
    context.strokeStyle = colours["--edge"];
    line(context, x(sweep * steps), y0, x(sweep * steps), y1);
    context.fillText(String(sweep), x(sweep * steps), y1 + 10);
  }
  context.fillText("sweeps", (x0 + x1) / 2, y1 + 26);
  context.strokeStyle = colours["--c0"];
  context.lineWidth = 2;
  context.beginPath();
  values.forEach((v, k) => (k ? context.lineTo(x(k), y(v)) : context.moveTo(x(k), y(v))));
  context.stroke();
  if (frame.index !== undefined) {
    context.fillStyle = colours["--c1"];
    context.beginPath();
    context.arc(x(frame.index), y(values[frame.index]), 5, 0, 7);
    context.fill();
  }
  const at = frame.index === undefined ? values.length - 1 : frame.index;
  byId("norm-at").textContent = frame.index === undefined && !frame.end ? "" : `after ${at} steps: ${number(values[at])}`;
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

// ---------------------------------------------------------------- The schedule and the streams

const ROW = 22, AXIS = 24;
const labelWidth = (width) => (width < 500 ? 104 : 132);

// The axis of cycles, and a function from a cycle to its place. Returns null if nothing can be drawn.
function timeAxis(context, width, height) {
  const x0 = labelWidth(width), span = view[1] - view[0];
  const x = (cycle) => x0 + (width - x0 - 4) * (cycle - view[0]) / span;
  const rough = span / Math.max(2, (width - x0) / 80), decade = 10 ** Math.floor(Math.log10(rough));
  const apart = Math.max(1, [1, 2, 5, 10].map((k) => k * decade).find((k) => k >= rough));
  context.textAlign = "center";
  context.lineWidth = 1;
  for (let cycle = Math.ceil(view[0] / apart) * apart; cycle <= view[1]; cycle += apart) {
    context.strokeStyle = colours["--grid"];
    line(context, x(cycle), 0, x(cycle), height - AXIS + 4);
    context.fillStyle = colours["--soft"];
    const half = context.measureText(String(cycle)).width / 2;
    if (x(cycle) + half <= width + 8) context.fillText(String(cycle), Math.min(x(cycle), width - half), height - AXIS / 2);
  }
  context.textAlign = "left";
  context.fillText("cycle", 2, height - AXIS / 2);
  return { x, x0 };
}

function marker(context, x, height) {
  const at = x(frames[position].cycle + 1);
  if (frames[position].cycle < view[0] || frames[position].cycle > view[1]) return;
  context.strokeStyle = colours["--c1"];
  context.setLineDash([4, 3]);
  context.lineWidth = 1.5;
  line(context, at, 0, at, height - AXIS + 4);
  context.setLineDash([]);
}

// The first of a list of [cycle, ...], ordered by cycle, that begins after this one.
function after(list, cycle) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][0] > cycle) high = middle; else low = middle + 1;
  }
  return low;
}

function drawGantt() {
  const tracks = matrix.tracks, { context, width, height } = prepared(byId("gantt"), tracks.length * ROW + AXIS);
  const { x, x0 } = timeAxis(context, width, height);
  tracks.forEach((track, k) => {
    const y = k * ROW;
    context.save();
    context.beginPath();
    context.rect(x0, 0, width - x0, height);
    context.clip();
    for (let n = Math.max(0, after(track.runs, view[0]) - 1); n < track.runs.length && track.runs[n][0] < view[1]; n += 1) {
      const [start, length, what] = track.runs[n];
      context.fillStyle = colours[WORK_COLOURS[what]] || colours["--soft"];
      context.fillRect(x(start), y + 4, Math.max(0.6, x(start + length) - x(start) - (x(1) - x(0) > 3 ? 0.5 : 0)), ROW - 8);
    }
    context.restore();
    context.fillStyle = colours["--ink"];
    context.textAlign = "left";
    context.fillText(track.unit, 2, y + ROW / 2);
  });
  marker(context, x, height);
  const kinds = [...new Set(tracks.flatMap((track) => track.runs.map((run) => run[2])))];
  byId("works").replaceChildren(...kinds.map((kind) => {
    const [entry, box] = [document.createElement("span"), document.createElement("i")];
    box.className = "box";
    box.style.background = `var(${WORK_COLOURS[kind] || "--soft"})`;
    entry.append(box, kind);
    return entry;
  }));
}

function drawWaves() {
  const { waves } = matrix, { context, width, height } = prepared(byId("waves"), waves.length * ROW + AXIS);
  const { x, x0 } = timeAxis(context, width, height);
  waves.forEach((wave, k) => {
    const [top, bottom] = [k * ROW + 4, (k + 1) * ROW - 5];
    context.save();
    context.beginPath();
    context.rect(x0, 0, width - x0, height);
    context.clip();
    context.strokeStyle = colours[wave.name.startsWith("s_") ? "--c0" : "--c2"];
    context.lineWidth = 1.2;
    let drawn = -1;
    for (let n = Math.max(0, after(wave.changes, view[0]) - 1); n < wave.changes.length && wave.changes[n][0] < view[1]; n += 1) {
      const [start, value] = wave.changes[n], end = n + 1 < wave.changes.length ? wave.changes[n + 1][0] : matrix.end;
      const [from, to] = [Math.max(x(start), x0 - 2), x(end)];
      if (value === null) {
        line(context, from, (top + bottom) / 2, to, (top + bottom) / 2);
      } else if (wave.width === 1) {
        const level = value ? top : bottom;
        if (n > 0) line(context, x(start), top, x(start), bottom);
        line(context, from, level, to, level);
      } else if (to - from > 5) {
        context.strokeRect(from + 1, top, to - from - 2, bottom - top);
        const text = String(value);
        if (context.measureText(text).width < to - from - 6) {
          context.fillStyle = colours["--ink"];
          context.textAlign = "center";
          context.fillText(text, (Math.max(from, x0) + Math.min(to, width)) / 2, (top + bottom) / 2 + 1);
        }
      } else if (to >= drawn + 1) {
        context.fillStyle = context.strokeStyle;
        context.fillRect(from, top, Math.max(1, to - from), bottom - top);
        drawn = to;
      }
    }
    context.restore();
    context.fillStyle = colours["--ink"];
    context.textAlign = "left";
    context.fillText(wave.name, 2, k * ROW + ROW / 2);
  });
  marker(context, x, height);
}

// A bus with null where its stream offers nothing.
function offered(wave, valid) {
  const cycles = [...new Set([...wave.changes, ...valid.changes].map((change) => change[0]))].sort((a, b) => a - b);
  const last = wave.changes.length >= 20000 ? wave.changes[wave.changes.length - 1][0] : Infinity;
  const at = (changes, cycle) => { const k = after(changes, cycle) - 1; return k < 0 ? 0 : changes[k][1]; };
  return { ...wave, changes: cycles.filter((c) => c <= last).map((c) => [c, at(valid.changes, c) ? at(wave.changes, c) : null]) };
}

// What a rotator turns in a cycle: the rows and columns of its block.
function operands(unit, cycle) {
  const { starts, slots, to_left: left, to_right: right } = matrix.program;
  // A single rotator takes two cycles for the rotations of one side.
  const cycles = unit.endsWith("rotators") ? 1 : unit.endsWith("rotations") ? 2 : 0;
  if (!cycles || !slots.length) return "";
  const command = cycle - (unit.startsWith("left") ? left : right);
  const step = starts.reduce((found, start, k) => (start <= command ? k : found), -1);
  const turned = step < 0 ? [] : slots.filter((s) => s[0] <= command - starts[step] && command - starts[step] < s[0] + cycles);
  if (!turned.length) return "";
  const steps = Math.max(...matrix.steps.map((s) => s.step));
  const known = matrix.steps.find((s) => s.sweep > 0 && s.step === step % steps + 1);
  const members = (pair) => (known && known.rotations[pair] ? known.rotations[pair].pair.map((i) => i + 1).join(", ") : `of pair ${pair}`);
  const side = unit.startsWith("left") ? "U" : "V";
  // One block for each lane.
  const blocks = turned.map(([, what, row, column]) => what === "A"
    ? `rows ${members(row)}, columns ${members(column)} of A`
    : `columns ${members(row)} of ${side}, rows ${2 * column + 1}, ${2 * column + 2}`);
  return `: ${blocks.slice(0, 4).join("; ")}${blocks.length > 4 ? `; and ${blocks.length - 4} more blocks` : ""}`;
}

function cycleAt(canvas, event) {
  const x0 = labelWidth(canvas.clientWidth);
  return Math.floor(view[0] + (view[1] - view[0]) * (event.offsetX - x0) / (canvas.clientWidth - x0 - 4));
}

function tellGantt(event) {
  const canvas = byId("gantt"), cycle = cycleAt(canvas, event), track = matrix.tracks[Math.floor(event.offsetY / ROW)];
  if (!track || event.offsetX < labelWidth(canvas.clientWidth)) return;
  const run = track.runs[after(track.runs, cycle) - 1], busy = run && cycle < run[0] + run[1];
  byId("gantt-at").textContent = busy
    ? `cycle ${cycle}, ${track.unit}${operands(track.unit, cycle) || `: ${run[2]}`} (busy from ${run[0]} to ${run[0] + run[1] - 1})`
    : `cycle ${cycle}, ${track.unit}: idle`;
}

function tellWaves(event) {
  const cycle = cycleAt(byId("waves"), event);
  const value = (wave) => { const k = after(wave.changes, cycle) - 1; return k < 0 ? 0 : wave.changes[k][1]; };
  byId("waves-at").textContent = `cycle ${cycle}: ${matrix.waves.map((wave) => `${wave.name} ${value(wave) ?? "-"}`).join(", ")}`;
}

function look(from, to) {
  const span = Math.min(matrix.end, Math.max(10, to - from)), start = Math.min(Math.max(0, from), matrix.end - span);
  view = [start, start + span];
  drawGantt();
  drawWaves();
}

function zoom(by, around = (view[0] + view[1]) / 2) {
  look(around - (around - view[0]) * by, around + (view[1] - around) * by);
}

function show(what) {
  const [t0, t1, t2, t3] = matrix.beats, span = view[1] - view[0], pad = (a, b) => look(a - (b - a) * 0.04 - 2, b + (b - a) * 0.04 + 3);
  const before = position ? frames[position - 1].cycle : 0;
  const views = {
    all: () => look(0, matrix.end), load: () => pad(t0, t1), compute: () => pad(t1, t2), unload: () => pad(t2, t3),
    step: () => pad(before, frames[position].cycle), in: () => zoom(0.5), out: () => zoom(2),
    left: () => look(view[0] - span / 2, view[1] - span / 2), right: () => look(view[0] + span / 2, view[1] + span / 2),
  };
  views[what]();
}

// ---------------------------------------------------------------- The whole page

function drawPosition() {
  const frame = frames[position];
  byId("slider").value = position;
  byId("where").textContent = `${frame.title}; cycle ${frame.cycle}`;
  drawHeats();
  drawPairs();
  drawNorm();
  drawGantt();
  drawWaves();
}

function go(to) {
  position = Math.min(Math.max(0, to), frames.length - 1);
  drawPosition();
}

// The next position in a direction; with "only ends of sweeps" the next end of a sweep.
function next(direction) {
  const ends = byId("ends").checked;
  let to = position + direction;
  while (ends && to > 0 && to < frames.length - 1 && !frames[to].end) to += direction;
  return to;
}

function stop() {
  clearInterval(timer);
  timer = null;
  byId("play").textContent = "play";
}

function play() {
  if (timer) return stop();
  if (position === frames.length - 1) go(0);
  byId("play").textContent = "pause";
  timer = setInterval(() => (position === frames.length - 1 ? stop() : go(next(1))), byId("ends").checked ? 900 : 350);
}

function choose(index) {
  stop();
  matrix = trace.matrices[index];
  frames = framesOf(matrix);
  matrix.waves = matrix.streams.map((wave) => {
    const valid = matrix.streams.find((other) => other.name === `${wave.name[0]}_axis_tvalid`);
    return wave.width > 1 || wave.name.endsWith("tlast") ? offered(wave, valid) : wave;
  });
  byId("slider").max = frames.length - 1;
  const { cycles, sweeps, flags } = matrix, problems = Object.keys(flags).filter((flag) => flags[flag] === true);
  const facts = [[`${matrix.rows} x ${matrix.cols}`, matrix.matrix], [cycles.load, "cycles to load"], [cycles.compute, "cycles to compute"],
    [cycles.unload, "cycles to unload"], [cycles.total, "cycles in all"], [sweeps, "sweeps"], [problems.join(", ") || "ok", "status"]];
  byId("facts").replaceChildren(...facts.map(([figure, what]) => {
    const card = document.createElement("div");
    card.className = "card";
    card.append(Object.assign(document.createElement("b"), { textContent: figure }), Object.assign(document.createElement("span"), { textContent: what }));
    return card;
  }));
  byId("left-out").replaceChildren(...matrix.left_out.map((text) => Object.assign(document.createElement("li"), { textContent: `Left out: ${text}.` })));
  view = [0, matrix.end];
  go(0);
}

function draggable(canvas, tell) {
  let from = null;
  canvas.addEventListener("pointerdown", (event) => { from = [event.clientX, ...view]; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointerup", () => { from = null; });
  canvas.addEventListener("pointercancel", () => { from = null; });
  canvas.addEventListener("pointermove", (event) => {
    tell(event);
    if (!from) return;
    const moved = (event.clientX - from[0]) * (from[2] - from[1]) / (canvas.clientWidth - labelWidth(canvas.clientWidth) - 4);
    look(from[1] - moved, from[2] - moved);
  });
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, cycleAt(canvas, event)); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const keys = { ArrowLeft: "left", ArrowRight: "right", "+": "in", "-": "out" };
    if (keys[event.key]) { event.preventDefault(); show(keys[event.key]); }
  });
}

byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
byId("play").addEventListener("click", play);
byId("back").addEventListener("click", () => go(next(-1)));
byId("on").addEventListener("click", () => go(next(1)));
byId("logarithmic").addEventListener("change", drawHeats);
if (byId("matrix")) byId("matrix").addEventListener("change", (event) => choose(Number(event.target.value)));
document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => show(button.dataset.view)));
draggable(byId("gantt"), tellGantt);
draggable(byId("waves"), tellWaves);
window.addEventListener("resize", drawPosition);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); drawPosition(); });
readColours();
choose(0);
// A position after #, as in index.html#12, is shown first.
if (/^#\d+$/.test(location.hash)) go(Number(location.hash.slice(1)));
