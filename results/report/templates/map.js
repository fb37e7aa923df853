// The interactive map: two configurations beside each other, at any hour.

"use strict";

(() => {
  const app = document.getElementById("map-app");
  if (!app) return;
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const model = careMinutes(data);
  const { texts } = data;
  const SVG = "http://www.w3.org/2000/svg";
  const NEAR = 14; // pixels within which a circle or square answers the pointer
  const part = (name) => document.getElementById(`map-${name}`);
  const stage = part("stage");
  const top = part("top");
  const canvases = { a: part("a"), b: part("b") };
  const whole = [0, 0, ...data.size];
  const outlines = data.municipalities.map((place) => new Path2D(place.path));
  const land = new Path2D(data.municipalities.map((place) => place.path).join(""));
  const around = new Path2D(data.around);
  const lookup = new Map();
  for (let cell = 0; cell < model.count; cell++) {
    lookup.set(model.cells.column[cell] * 4096 + model.cells.row[cell], cell);
  }

  // ---- words and numbers
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const wholeNumbers = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 0 });
  const number = (value) => wholeNumbers.format(value);
  const people = (value) => number(value >= 1000 ? Math.round(value / 100) * 100 : Math.round(value / 10) * 10);
  const minutesText = (value) =>
    Number.isFinite(value) ? fill(texts.minutes, { minutes: number(value) }) : texts.none;
  function differenceText(value) {
    if (Number.isNaN(value) || !Number.isFinite(value)) return texts.none;
    const rounded = Math.round(value);
    if (rounded === 0) return texts.same;
    return fill(rounded > 0 ? texts.longer : texts.shorter, { minutes: number(Math.abs(rounded)) });
  }
  const signed = (value) => {
    if (!Number.isFinite(value)) return "–";
    const rounded = Math.round(value);
    return rounded === 0 ? "0" : `${rounded > 0 ? "+" : "\u2212"}${number(Math.abs(rounded))}`;
  };
  const days = Array.from({ length: 7 }, (_, day) =>
    new Intl.DateTimeFormat(data.lang, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day)),
  );
  const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;

  // ---- what is asked
  const chosen = (name) => app.querySelector(`input[name="map-${name}"]:checked`).value;
  const differsByDay = model.differs(24);
  const differsByWeek = model.differs(168);
  function asked() {
    const worst = part("worst").checked;
    const day = Number(part("day").value);
    const week = Number(part("week").value);
    const hour = Number(part("hour").value);
    return {
      care: chosen("care"),
      way: chosen("way"),
      layer: chosen("layer"),
      show: chosen("show"),
      a: data.scenarios[part("choice-a").value],
      b: data.scenarios[part("choice-b").value],
      hour: worst ? null : week * 168 + day * 24 + hour,
      moment: worst
        ? part("worst").labels[0].textContent.trim().toLowerCase()
        : [
            fill(texts.hour, { day: days[day], start: clock(hour), end: clock(hour + 1) }).trim(),
            ...(differsByWeek ? [week ? texts.odd : texts.even] : []),
          ].join(", "),
      place: part("place").value,
      lines: part("lines").checked,
      posts: part("posts").checked,
    };
  }

  // ---- colours
  const classOf = (edges, value) => edges.filter((edge) => value >= edge).length;
  const colourOf = (value, difference) => {
    if (Number.isNaN(value)) return "#ffffff";
    const scale = difference ? data.scale.difference : data.scale.minutes;
    return scale.colours[classOf(scale.edges, value)];
  };

  // ---- drawing
  let view = whole;
  let found = null; // what the last answer was made of

  function unitsPerPixel() {
    return view[2] / stage.clientWidth;
  }

  function prepare(canvas) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const scale = canvas.width / view[2];
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, -view[0] * scale, -view[1] * scale);
    return context;
  }

  function radius(peopleCount) {
    return Math.max(Math.sqrt(peopleCount) * 0.9, 2.5 * unitsPerPixel());
  }

  function paint(canvas, side, question) {
    const context = prepare(canvas);
    const difference = side === "difference";
    const values = found.values[side];
    context.fillStyle = data.scale.around;
    context.fill(around);
    context.fillStyle = data.scale.land;
    context.fill(land);
    if (question.layer === "municipality") {
      outlines.forEach((outline, number) => {
        context.fillStyle = colourOf(values.municipality[number], difference);
        context.fill(outline);
      });
    } else if (question.layer === "cell") {
      const { side: size, column, row } = model.cells;
      const drawn = size * 1.06; // a seam would show between squares of half a pixel
      const minutes = values.cell;
      for (let cell = 0; cell < model.count; cell++) {
        context.fillStyle = colourOf(minutes[cell], difference);
        context.fillRect(column[cell] * size, row[cell] * size, drawn, drawn);
      }
    } else {
      context.strokeStyle = "#5b646c";
      context.lineWidth = 0.6 * unitsPerPixel();
      found.settlementOrder.forEach((number) => {
        context.beginPath();
        context.arc(...data.settlements[number].at, radius(found.settlementPeople[number]), 0, 2 * Math.PI);
        context.fillStyle = colourOf(values.settlement[number], difference);
        context.fill();
        context.stroke();
      });
    }
    if (question.lines && !difference) drawLines(context, found.minutes[side]);
  }

  const LINE_WIDTHS = [1.1, 2.2, 3.6]; // pixels: thicker is farther
  function drawLines(context, minutes) {
    const grid = model.surface(minutes);
    const unit = unitsPerPixel();
    context.save();
    context.clip(land);
    context.lineCap = "round";
    data.surface.limits.forEach((limit, number) => {
      const path = new Path2D();
      for (const [from, to] of model.lines(grid, limit)) {
        path.moveTo(...from);
        path.lineTo(...to);
      }
      context.strokeStyle = "#ffffff";
      context.lineWidth = (LINE_WIDTHS[number] + 2) * unit;
      context.stroke(path);
      context.strokeStyle = data.scale.line;
      context.lineWidth = LINE_WIDTHS[number] * unit;
      context.stroke(path);
    });
    context.restore();
  }

  function element(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (parent) parent.append(made);
    return made;
  }

  function write(parent, text, x, y, kind, anchor = "middle") {
    const unit = unitsPerPixel();
    const size = kind === "value" ? 14 : kind === "site" ? 12.5 : 12;
    const made = element("text", {
      x, y, class: kind, "text-anchor": anchor, "font-size": size * unit, "stroke-width": 3 * unit,
    }, parent);
    made.textContent = text;
    return made;
  }

  function siteState(site, question) {
    if (site.neighbour) return "neighbour";
    const pattern = site.open[question.care];
    const hours = question.hour === null ? [...Array(336).keys()] : [question.hour];
    if (hours.every((hour) => model.isOpen(pattern, hour))) return "open";
    return [...Array(336).keys()].some((hour) => model.isOpen(pattern, hour)) ? "closed" : "never";
  }

  const SHAPES = {
    open: "M-3 -9H3V-3H9V3H3V9H-3V3H-9V-3H-3Z",
    closed: "M0 -8L8 0L0 8L-8 0Z",
    never: "M-4 -6L0 -2L4 -6L6 -4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0L-6 -4Z",
    neighbour: "M0 -7L7 6H-7Z",
  };

  function drawSites(parent, scenario, question) {
    const unit = unitsPerPixel();
    for (const site of scenario.sites) {
      const state = siteState(site, question);
      const group = element("g", {
        class: `site ${state}`, transform: `translate(${site.at.join(" ")}) scale(${unit})`,
      }, parent);
      element("path", { d: SHAPES[state] }, group);
      element("title", {}, group).textContent = fill(texts[state], { site: site.name });
      const inView = site.at[0] > view[0] && site.at[0] < view[0] + view[2] && site.at[1] > view[1];
      if (state === "never" || !inView) continue;
      const short = [...site.name].length > 32 ? `${[...site.name].slice(0, 31).join("")}…` : site.name;
      const left = site.at[0] + short.length * 7 * unit > view[0] + view[2];
      write(parent, short, site.at[0] + (left ? -13 : 13) * unit, site.at[1] + 4 * unit, "site", left ? "end" : "start");
    }
  }

  function drawPosts(parent) {
    const unit = unitsPerPixel();
    for (const post of data.posts) {
      const group = element("g", {
        class: post.staffed === "24/7" ? "post" : "post dynamic",
        transform: `translate(${post.at.join(" ")}) scale(${unit})`,
      }, parent);
      element("circle", { r: 4.5 }, group);
      const text = post.staffed === "24/7" ? texts.post : texts.post_dynamic;
      element("title", {}, group).textContent = fill(text, { post: post.name });
    }
  }

  function drawNames(parent, side, scenarios, question) {
    const unit = unitsPerPixel();
    const values = found.values[side].municipality;
    data.municipalities.forEach((place, number) => {
      const [x, y] = place.label;
      const marked = scenarios.some((scenario) =>
        scenario.sites.some((site) => Math.abs(site.at[0] - x) < 60 * unit && Math.abs(site.at[1] - y) < 24 * unit));
      const shift = marked ? -30 * unit : 0;
      const roomy = place.box[2] / unit > place.name.length * 6.6;
      if (roomy) write(parent, place.name, x, y + shift, "name");
      const told = side === "difference" ? signed(values[number]) : numberOrDash(values[number]);
      if (question.layer === "municipality" || !roomy) write(parent, told, x, y + shift + 15 * unit, "value");
    });
  }
  const numberOrDash = (value) => (Number.isFinite(value) ? number(value) : "–");

  function drawTop(question) {
    const unit = unitsPerPixel();
    top.replaceChildren();
    top.setAttribute("viewBox", view.join(" "));
    for (const road of data.roads) {
      if (road.kind !== "primary") element("path", { d: road.path, class: `road ${road.kind}` }, top);
    }
    data.municipalities.forEach((place, number) => {
      const picked = question.place === `m${number}`;
      element("path", { d: place.path, class: picked ? "outline picked" : "outline" }, top);
    });
    const sides = question.show === "difference" ? ["difference"]
      : question.show === "swipe" ? ["a", "b"] : [question.show];
    for (const side of sides) {
      const group = element("g", { class: `side-${side}` }, top);
      if (sides.length > 1) {
        const clip = element("clipPath", { id: `map-clip-${side}` }, group);
        element("rect", { y: view[1], height: view[3] }, clip);
        const inner = element("g", { "clip-path": `url(#map-clip-${side})` }, group);
        content(inner, side);
      } else content(group, side);
    }
    if (question.posts) drawPosts(top);
    drawScale(unit);
    placeSwipe();

    function content(parent, side) {
      const scenarios = side === "difference" ? [question.b] : [question[side]];
      drawNames(parent, side, scenarios, question);
      drawSites(parent, scenarios[0], question);
    }
  }

  function drawScale(unit) {
    const metres = view[2] > 2500 ? 10000 : 2000;
    const length = metres / 10;
    const [x, y] = [view[0] + 14 * unit, view[1] + view[3] - 14 * unit];
    element("path", { d: `M${x} ${y - 5 * unit}V${y}H${x + length}V${y - 5 * unit}`, class: "scale" }, top);
    write(top, `${metres / 1000} km`, x + length / 2, y - 6 * unit, "name");
    const [nx, ny] = [view[0] + view[2] - 20 * unit, view[1] + 34 * unit];
    element("path", { d: `M${nx} ${ny}V${ny - 22 * unit}M${nx - 5 * unit} ${ny - 15 * unit}L${nx} ${ny - 23 * unit}L${nx + 5 * unit} ${ny - 15 * unit}`, class: "scale" }, top);
    write(top, "N", nx, ny + 12 * unit, "name");
  }

  // ---- the swipe
  function placeSwipe() {
    const swiping = chosen("show") === "swipe";
    const share = Number(part("swipe").value) / 100;
    const at = view[0] + share * view[2];
    part("divider").hidden = !swiping;
    part("swipe-row").hidden = !swiping;
    part("divider").style.left = `${share * 100}%`;
    canvases.b.style.clipPath = swiping ? `inset(0 0 0 ${share * 100}%)` : "none";
    for (const [side, from, to] of [["a", view[0], at], ["b", at, view[0] + view[2]]]) {
      const rect = top.querySelector(`#map-clip-${side} rect`);
      if (!rect) continue;
      rect.setAttribute("x", from);
      rect.setAttribute("width", Math.max(0, to - from));
    }
  }

  // ---- the answer
  function answer(question) {
    const norm = data.norms[question.care][question.way];
    const { municipality, settlement } = model.cells;
    const minutes = {
      a: model.minutesOf(question.a, question.care, question.way, question.hour),
      b: model.minutesOf(question.b, question.care, question.way, question.hour),
    };
    const areas = {}, places = {}, region = {}, values = { difference: {} };
    const nowhere = new Uint8Array(model.count);
    for (const side of ["a", "b"]) {
      areas[side] = model.byArea(minutes[side], municipality, data.municipalities.length, norm);
      places[side] = model.byArea(minutes[side], settlement, data.settlements.length, norm);
      region[side] = model.byArea(minutes[side], nowhere, 1, norm)[0];
      values[side] = {
        cell: minutes[side],
        municipality: areas[side].map((area) => area.mean),
        settlement: places[side].map((area) => area.mean),
      };
    }
    for (const layer of ["cell", "municipality", "settlement"]) {
      values.difference[layer] = Array.from(values.b[layer], (value, at) => value - values.a[layer][at]);
    }
    const settlementPeople = places.a.map((place) => place.people);
    const settlementOrder = settlementPeople
      .map((_, at) => at)
      .filter((at) => data.settlements[at].shown)
      .sort((one, other) => settlementPeople[other] - settlementPeople[one]);
    return { norm, minutes, areas, places, region, values, settlementPeople, settlementOrder };
  }

  function legend(question) {
    const difference = question.show === "difference";
    const { edges, colours } = difference ? data.scale.difference : data.scale.minutes;
    const label = (at) => {
      const [low, high] = [edges[at - 1], edges[at]];
      if (!difference) {
        if (low === undefined) return fill(texts.under, { minutes: number(high) });
        if (high === undefined) return fill(texts.over, { minutes: number(low) });
        return fill(texts.between, { low: number(low), high: number(high) });
      }
      if (low === undefined) return fill(texts.over_shorter, { minutes: number(-high) });
      if (high === undefined) return fill(texts.over_longer, { minutes: number(low) });
      if (low < 0 && high > 0) return texts.about_same;
      return low < 0
        ? fill(texts.between_shorter, { low: number(-high), high: number(-low) })
        : fill(texts.between_longer, { low: number(low), high: number(high) });
    };
    part("legend-title").textContent = difference
      ? texts.legend_difference
      : texts[`legend_${question.way}`];
    part("legend").replaceChildren(...colours.map((colour, at) => {
      const item = document.createElement("li");
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = colour;
      item.append(swatch, label(at));
      return item;
    }));
    part("legend-lines").hidden = !question.lines || difference;
    part("legend-posts").hidden = !question.posts;
  }

  function row(name, a, b, total) {
    const made = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    made.append(head);
    if (total) made.className = "total";
    const norm = found.norm !== null;
    const cellTexts = [
      numberOrDash(a.mean), numberOrDash(b.mean), signed(b.mean - a.mean),
      norm ? people(a.beyond) : "–", norm ? people(b.beyond) : "–",
    ];
    for (const text of cellTexts) made.insertCell().textContent = text;
    return made;
  }

  function table() {
    part("rows").replaceChildren(
      ...data.municipalities.map((place, at) => row(place.name, found.areas.a[at], found.areas.b[at], false)),
      row(texts.whole, found.region.a, found.region.b, true),
    );
  }

  function summary(question) {
    const { a, b } = found.region;
    const text = found.norm === null ? texts.summary_without_norm : texts.summary;
    part("summary").textContent = fill(text, {
      norm: found.norm === null ? "" : number(found.norm),
      a: people(a.beyond), b: people(b.beyond), mean_a: minutesText(a.mean), mean_b: minutesText(b.mean),
    });
    top.setAttribute("aria-label", fill(texts.description, {
      what: part("legend-title").textContent, moment: question.moment, a: question.a.title, b: question.b.title,
    }));
    for (const side of ["a", "b"]) {
      const hours = question.hour === null ? 0 : question.hour;
      const open = model.openSites(question[side], question.care, hours)
        .filter((site) => !site.neighbour).map((site) => site.name);
      part(`title-${side}`).textContent = `${side.toUpperCase()}: ${question[side].title} (${question[side].year})`;
      part(`open-${side}`).textContent = question.hour === null ? ""
        : open.length ? fill(texts.now_open, { sites: open.join(", ") }) : texts.nothing_open;
    }
    part("moment").textContent = question.moment;
  }

  // ---- places
  function told(name, a, b, peopleCount, beyond) {
    const lines = [name,
      fill(texts.side, { side: "A", minutes: minutesText(a) }),
      fill(texts.side, { side: "B", minutes: minutesText(b) }),
      differenceText(b - a),
      fill(texts.inhabitants, { count: people(peopleCount) })];
    if (beyond && found.norm !== null) {
      const [first, second] = beyond.map((count) => fill(texts.beyond, { count: people(count), norm: number(found.norm) }));
      lines.push(`A: ${first}`, `B: ${second}`);
    }
    return lines;
  }

  function municipalityTold(at) {
    const [a, b] = [found.areas.a[at], found.areas.b[at]];
    return told(data.municipalities[at].name, a.mean, b.mean, a.people, [a.beyond, b.beyond]);
  }

  function settlementTold(at) {
    const [a, b] = [found.places.a[at], found.places.b[at]];
    const { name, municipality } = data.settlements[at];
    return told(fill(texts.place, { place: name, municipality }), a.mean, b.mean, a.people, [a.beyond, b.beyond]);
  }

  function cellTold(cell) {
    const { name, municipality } = data.settlements[model.cells.settlement[cell]];
    const title = fill(texts.cell, { place: name, municipality });
    return told(title, found.minutes.a[cell], found.minutes.b[cell], model.cells.people[cell], null);
  }

  function at(x, y, layer) {
    if (layer === "municipality") {
      const context = canvases.a.getContext("2d");
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      const inside = outlines.findIndex((outline) => context.isPointInPath(outline, x, y));
      context.restore();
      return inside < 0 ? null : municipalityTold(inside);
    }
    if (layer === "cell") {
      const { side } = model.cells;
      const cell = lookup.get(Math.floor(x / side) * 4096 + Math.floor(y / side));
      return cell === undefined ? null : cellTold(cell);
    }
    let best = null, least = NEAR * unitsPerPixel();
    for (const number of found.settlementOrder) {
      const [px, py] = data.settlements[number].at;
      const away = Math.hypot(px - x, py - y) - radius(found.settlementPeople[number]);
      if (away < least) [best, least] = [number, away];
    }
    return best === null ? null : settlementTold(best);
  }

  function tell(target, lines) {
    target.replaceChildren(...lines.map((line, number) => {
      const made = document.createElement(number === 0 ? "b" : "span");
      made.dir = "auto";
      made.textContent = line;
      return made;
    }));
  }

  stage.addEventListener("pointermove", (event) => {
    const box = stage.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const unit = unitsPerPixel();
    const lines = found && at(view[0] + px * unit, view[1] + py * unit, chosen("layer"));
    const tip = part("tip");
    tip.hidden = !lines;
    if (!lines) return;
    tell(tip, lines);
    const flip = px > box.width / 2;
    tip.style.left = flip ? "auto" : `${px + 16}px`;
    tip.style.right = flip ? `${box.width - px + 16}px` : "auto";
    tip.style.top = `${Math.min(py, box.height - tip.offsetHeight)}px`;
  });
  stage.addEventListener("pointerleave", () => { part("tip").hidden = true; });

  function look(question) {
    const kind = question.place[0];
    const number = Number(question.place.slice(1));
    const info = part("place-told");
    info.hidden = kind !== "m" && kind !== "s";
    view = whole;
    if (info.hidden) return;
    tell(info, kind === "m" ? municipalityTold(number) : settlementTold(number));
    const box = kind === "m" ? data.municipalities[number].box
      : [data.settlements[number].at[0] - 400, data.settlements[number].at[1] - 400, 800, 800];
    const shape = whole[2] / whole[3];
    const width = Math.max(box[2], box[3] * shape) * 1.15;
    view = [box[0] + (box[2] - width) / 2, box[1] + (box[3] - width / shape) / 2, width, width / shape];
  }

  function draw() {
    const question = asked();
    found = answer(question);
    look(question);
    const difference = question.show === "difference";
    canvases.a.hidden = question.show === "b";
    canvases.b.hidden = question.show === "a" || difference;
    if (difference) paint(canvases.a, "difference", question);
    else {
      if (!canvases.a.hidden) paint(canvases.a, "a", question);
      if (!canvases.b.hidden) paint(canvases.b, "b", question);
    }
    legend(question);
    summary(question);
    table();
    drawTop(question);
    part("hour").disabled = part("worst").checked;
    part("hour").setAttribute("aria-valuetext", question.moment);
    app.dataset.drawn = String(Number(app.dataset.drawn || 0) + 1);
  }

  function fillChoices() {
    for (const [side, first] of [["a", data.first[0]], ["b", data.first[1]]]) {
      const select = part(`choice-${side}`);
      data.scenarios.forEach((scenario, number) => {
        select.add(new Option(`${scenario.title} (${scenario.year})`, number, number === first, number === first));
      });
    }
    const day = part("day");
    days.forEach((name, number) => day.add(new Option(name, number)));
    part("day-row").hidden = !differsByDay;
    part("week-row").hidden = !differsByWeek;
    const place = part("place");
    data.municipalities.forEach((municipality, number) => {
      const group = document.createElement("optgroup");
      group.label = municipality.name;
      group.append(new Option(municipality.name, `m${number}`));
      data.settlements.forEach((settlement, at) => {
        if (settlement.shown && settlement.municipality === municipality.name) {
          group.append(new Option(`– ${settlement.name}`, `s${at}`));
        }
      });
      place.append(group);
    });
  }

  app.hidden = false;
  stage.style.aspectRatio = `${whole[2]} / ${whole[3]}`;
  fillChoices();
  app.addEventListener("input", (event) => {
    if (event.target.id === "map-swipe") placeSwipe();
    else draw();
  });
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", draw);
  draw();
})();
