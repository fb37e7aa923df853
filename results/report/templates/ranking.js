// Weights by slider: the same weighted sum and ranking as results/weights.py.

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

// The best and the worst place of each: before another is what is ahead by more than both intervals.
function places(scores, weights, halves) {
  const round = (value) => Math.round(value * 1e9);
  const totals = weightedSums(scores, weights);
  const spread = halves.map((row) =>
    Math.sqrt(row.reduce((sum, half, at) => sum + (half * weights[at]) ** 2, 0)));
  const before = (i, j) => round(totals[i] - totals[j]) > round(Math.hypot(spread[i], spread[j]));
  return totals.map((_, at) => [
    1 + totals.filter((__, other) => before(other, at)).length,
    totals.length - totals.filter((__, other) => before(at, other)).length,
  ]);
}

(() => {
  const source = document.getElementById("ranking-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
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
      const open = places(choice.scores, weights, choice.halves);
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
