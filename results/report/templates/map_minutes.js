// Minutes to care in a configuration at an hour: the least over what is open then.

"use strict";

function careMinutes(data) {
  const HOURS = 336;
  const UNREACHED = 65535;
  const FARTHEST = 1e4;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const pairs = (text) => new Uint16Array(bytes(text).buffer);
  const toMinutes = (text) =>
    Float32Array.from(pairs(text), (part) => (part === UNREACHED ? Infinity : part / 100));

  const cells = {
    side: data.cells.side,
    column: pairs(data.cells.column),
    row: pairs(data.cells.row),
    people: Float32Array.from(pairs(data.cells.people), (part) => part / 10),
    municipality: bytes(data.cells.municipality),
    settlement: pairs(data.cells.settlement),
  };
  const count = cells.people.length;
  const drive = { car: data.minutes.car.map(toMinutes), siren: data.minutes.siren.map(toMinutes) };
  const before = data.before.map(toMinutes);
  const patterns = data.hours.map(bytes);
  const nearest = pairs(data.surface.nearest);

  const isOpen = (pattern, hour) => ((patterns[pattern][hour >> 3] >> (7 - (hour & 7))) & 1) === 1;

  function openSites(scenario, care, hour) {
    return scenario.sites.filter((site) => isOpen(site.open[care], hour));
  }

  function nearestOf(points, way) {
    const best = new Float32Array(count).fill(Infinity);
    for (const point of points) {
      const minutes = drive[way === "car" ? "car" : "siren"][point];
      for (let cell = 0; cell < count; cell++) {
        if (minutes[cell] < best[cell]) best[cell] = minutes[cell];
      }
    }
    return best;
  }

  // `hour` counts from Monday 00:00 of an even week; null takes the worst hour of the fortnight.
  function minutesOf(scenario, care, way, hour) {
    const hours = hour === null ? Array.from({ length: HOURS }, (_, number) => number) : [hour];
    const moments = new Map();
    for (const each of hours) {
      const points = openSites(scenario, care, each).map((site) => site.point);
      moments.set(points.join(), points);
    }
    let worst = null;
    for (const points of moments.values()) {
      const found = nearestOf(points, way);
      if (worst === null) worst = found;
      else for (let cell = 0; cell < count; cell++) worst[cell] = Math.max(worst[cell], found[cell]);
    }
    if (way !== "car") {
      const first = before[scenario.service];
      const more = way === "life" ? data.at_patient : 0;
      for (let cell = 0; cell < count; cell++) worst[cell] += first[cell] + more;
    }
    return worst;
  }

  // Mean minutes, inhabitants, and those beyond a norm, by number of area.
  function byArea(minutes, areas, areaCount, norm) {
    const found = Array.from({ length: areaCount }, () => ({ people: 0, mean: 0, beyond: 0 }));
    for (let cell = 0; cell < count; cell++) {
      const area = found[areas[cell]];
      area.people += cells.people[cell];
      area.mean += cells.people[cell] * minutes[cell];
      if (norm !== null && minutes[cell] > norm) area.beyond += cells.people[cell];
    }
    for (const area of found) area.mean /= area.people;
    return found;
  }

  // Minutes at the nodes of the grid, smoothed twice: what lines of equal time are drawn from.
  function surface(minutes) {
    const columns = data.surface.columns;
    const rows = nearest.length / columns;
    let values = Float32Array.from(nearest, (cell) => Math.min(minutes[cell], FARTHEST));
    for (let round = 0; round < 2; round++) {
      const smooth = new Float32Array(values.length);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let up = -1; up <= 1; up++) {
            for (let right = -1; right <= 1; right++) {
              const r = Math.min(rows - 1, Math.max(0, row + up));
              const c = Math.min(columns - 1, Math.max(0, column + right));
              sum += values[r * columns + c];
            }
          }
          smooth[row * columns + column] = sum / 9;
        }
      }
      values = smooth;
    }
    return { values, rows, columns };
  }

  // Line pieces at which a surface crosses a limit: marching squares, each square in two triangles.
  function lines(grid, limit) {
    const { values, rows, columns } = grid;
    const [left, bottom] = data.surface.corner;
    const step = data.surface.step;
    const pieces = [];
    const cross = (a, b) => {
      const share = (limit - values[a]) / (values[b] - values[a]);
      const at = (node) => [left + (node % columns) * step, bottom - Math.floor(node / columns) * step];
      const [from, to] = [at(a), at(b)];
      return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    };
    const triangle = (nodes) => {
      const ends = [];
      for (let side = 0; side < 3; side++) {
        const [a, b] = [nodes[side], nodes[(side + 1) % 3]];
        if (values[a] <= limit !== values[b] <= limit) ends.push(cross(a, b));
      }
      if (ends.length === 2) pieces.push(ends);
    };
    for (let row = 0; row + 1 < rows; row++) {
      for (let column = 0; column + 1 < columns; column++) {
        const node = row * columns + column;
        triangle([node, node + 1, node + columns]);
        triangle([node + 1, node + columns + 1, node + columns]);
      }
    }
    return pieces;
  }

  function differs(shift) {
    return patterns.some((_, pattern) =>
      Array.from({ length: HOURS }, (_, hour) => hour).some(
        (hour) => isOpen(pattern, hour) !== isOpen(pattern, (hour + shift) % HOURS),
      ),
    );
  }

  return { cells, count, isOpen, openSites, minutesOf, byArea, surface, lines, differs };
}
