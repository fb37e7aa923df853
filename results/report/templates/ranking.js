// Weights by slider: the same weighted sum and ranking as results/decision/weights.py.

"use strict";

// Points of groups, spread evenly over their criteria, as shares of the whole.
function criterionWeights(points, groups) {
  const size = points.map((_, group) => groups.filter((each) => each === group).length);
  const raw = groups.map((group) => points[group] / size[group]);
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => (total > 0 ? weight / total : 0));
}

function weightedSums(scores, weights) {
  return scores.map((row) => row.reduce((sum, score, at) => sum + score * weights[at], 0));
}

// Positions, best first; what is the same in 9 decimals stays in the order given.
function ranked(totals) {
  const rounded = totals.map((total) => Math.round(total * 1e9));
  return totals.map((_, at) => at).sort((a, b) => rounded[b] - rounded[a] || a - b);
}

// Whole numbers of 16 bits from base64, the low byte first.
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => view.getUint16(2 * at, true));
}

// The best and the worst place of each: before another is what is ahead, by more than shows, in enough
// of the draws, which are those of the decision.
function places(choice, points) {
  const count = choice.titles.length, groups = choice.present.length;
  const size = choice.drawn.length / count / groups;
  const totals = choice.titles.map((_, at) => {
    const sums = new Float64Array(size);
    choice.present.forEach((group, place) => {
      const from = (at * groups + place) * size;
      for (let draw = 0; draw < size; draw += 1) sums[draw] += points[group] * choice.drawn[from + draw];
    });
    return sums;
  });
  const apart = choice.apart * choice.present.reduce((sum, group) => sum + points[group], 0);
  const before = totals.map((one) => totals.map((other) => {
    if (choice.certain === null) return false;
    let ahead = 0;
    for (let draw = 0; draw < size; draw += 1) if (one[draw] - other[draw] > apart) ahead += 1;
    return ahead >= choice.certain * size;
  }));
  return totals.map((_, at) => [
    1 + before.filter((row) => row[at]).length,
    count - before[at].filter(Boolean).length,
  ]);
}

(() => {
  const source = document.getElementById("ranking-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  for (const choice of data.choices) choice.drawn = unpacked(choice.drawn);
  const sliders = [...document.querySelectorAll("input.weight")];
  const shares = [...document.querySelectorAll("output.share")];
  const cells = [...document.querySelectorAll("td.rank")];
  const who = document.getElementById("weights-of");
  const why = document.getElementById("weights-why");
  const number = new Intl.NumberFormat(data.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(data.lang, { style: "percent" });

  function rank() {
    const points = sliders.map((slider) => Number(slider.value));
    const all = points.reduce((sum, each) => sum + each, 0);
    points.forEach((each, at) => {
      shares[at].textContent = percent.format(all > 0 ? each / all : 0);
      sliders[at].setAttribute("aria-valuetext", shares[at].textContent);
    });
    let first = 0;
    for (const choice of data.choices) {
      const weights = criterionWeights(points, choice.groups);
      const totals = weightedSums(choice.scores, weights);
      const open = places(choice, points);
      const written = open.map(([best, worst]) => (best === worst ? String(best) : `${best}–${worst}`));
      const order = ranked(totals);
      order.forEach((at) => {
        const cell = cells[first + at];
        cell.querySelector("b").textContent = written[at];
        cell.querySelector("small").textContent = number.format(totals[at]);
        cell.querySelector("rect").setAttribute("width", String(100 * totals[at]));
        cell.classList.toggle("first", open[at][1] === 1);
      });
      const list = document.getElementById(`order-${choice.year}`);
      list.replaceChildren(...order.map((at) => {
        const item = document.createElement("li");
        const title = document.createElement("bdi");
        title.textContent = choice.titles[at];
        item.append(title);
        item.dataset.place = written[at];
        return item;
      }));
      first += choice.titles.length;
    }
  }

  function choose() {
    const set = data.sets[who.value];
    if (!set) return;
    set.points.forEach((points, at) => { sliders[at].value = String(points); });
    why.textContent = set.why;
    rank();
  }

  data.sets.forEach((set, at) => who.add(new Option(set.title, String(at))));
  who.add(new Option(data.texts.own, "own"));
  who.addEventListener("input", choose);
  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      who.value = "own";
      why.textContent = data.texts.own_why;
      rank();
    });
  }
  choose();

  // Numbers and source of the square under the pointer or with the focus; arrows walk the table.
  const table = document.getElementById("scorecard");
  const told = document.getElementById("told");
  const rows = [...table.querySelectorAll("tr")]
    .map((row) => [...row.querySelectorAll("td.mark")])
    .filter((row) => row.length > 0);
  const heads = [...table.querySelectorAll("thead th[data-title]")];

  function tell(cell) {
    const row = rows.find((each) => each.includes(cell));
    const at = row.indexOf(cell);
    const title = document.createElement("b");
    title.dir = "auto";
    title.textContent = `${heads[at].dataset.title} · ${cell.parentElement.querySelector("th[scope=row]").textContent.trim()}`;
    const text = document.createElement("span");
    text.textContent = cell.querySelector(".hidden").textContent;
    told.replaceChildren(title, text);
    told.classList.add("shown");
  }

  function walk(cell, event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    const row = rows.findIndex((each) => each.includes(cell));
    const next = rows[row + step[0]]?.[rows[row].indexOf(cell) + step[1]];
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  rows.flat().forEach((cell, at) => {
    cell.tabIndex = at === 0 ? 0 : -1;
    cell.addEventListener("pointerenter", () => tell(cell));
    cell.addEventListener("focus", () => tell(cell));
    cell.addEventListener("keydown", (event) => walk(cell, event));
    cell.addEventListener("click", () => cell.focus());
  });
})();
