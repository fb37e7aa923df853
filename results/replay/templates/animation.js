// Shows the data of the page minute by minute. Everything is worked out beforehand.
"use strict";
(() => {
  const SLOT = 20;
  const COHORT = 10000000;
  const DAY = 1440;
  const KINDS = { 0: "kind0", 1: "kind1", 2: "kind2", 4: "kind3" };
  const shown = JSON.parse(document.getElementById("data").textContent);
  const find = (name, index) => document.querySelector(`[data-${name}="${index}"]`);
  const stage = document.getElementById("stage");
  const dots = document.getElementById("dots");
  const clock = document.getElementById("clock");
  const slider = document.getElementById("time");
  const button = document.getElementById("play");
  const speed = document.getElementById("speed");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const stays = shown.regions.flatMap((region, area) =>
    region.stays.map((stay) => ({ ...stay, area, end: stay.end === null ? Infinity : stay.end })));
  stays.sort((a, b) => a.begin - b.begin);
  const before = new Map();
  for (const stay of stays) {
    stay.from = before.get(stay.patient) || null;
    before.set(stay.patient, stay);
  }
  let minute = 0;
  let playing = false;
  let last = 0;

  const boxes = shown.regions.map((region, area) => {
    const most = region.stays.reduce((top, stay) => Math.max(top, stay.slot + 1), 0);
    return { element: find("slots", area), most, columns: 1, x: 0, y: 0 };
  });
  const measure = () => {
    for (const box of boxes) {
      box.columns = Math.max(1, Math.floor(box.element.clientWidth / SLOT));
      box.element.style.height = `${Math.ceil(box.most / box.columns) * SLOT}px`;
    }
    const origin = stage.getBoundingClientRect();
    for (const box of boxes) {
      const at = box.element.getBoundingClientRect();
      box.x = at.left - origin.left;
      box.y = at.top - origin.top;
    }
  };
  const place = (stay) => {
    const box = boxes[stay.area];
    const x = box.x + (stay.slot % box.columns) * SLOT;
    const y = box.y + Math.floor(stay.slot / box.columns) * SLOT;
    return `translate(${x}px, ${y}px)`;
  };
  const appear = (stay) => {
    const dot = document.createElement("span");
    const cohort = Math.floor(stay.patient / COHORT);
    dot.className = `dot ${KINDS[cohort] || "kind0"}`;
    dot.textContent = shown.signs[cohort];
    dot.title = String(stay.patient);
    const moves = playing && !calm.matches && stay.from;
    dot.style.transform = place(moves ? stay.from : stay);
    dots.append(dot);
    stay.dot = dot;
    if (!moves) return;
    dot.getBoundingClientRect(); // settles where it starts, so that the browser shows the way
    dot.style.transform = place(stay);
  };
  const show = () => {
    const whole = Math.floor(minute);
    clock.textContent = `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
    slider.value = String(whole);
    slider.setAttribute("aria-valuetext", clock.textContent);
    for (const stay of stays) {
      const here = stay.begin <= minute && minute < stay.end;
      if (here && !stay.dot) appear(stay);
      else if (!here && stay.dot) { stay.dot.remove(); stay.dot = null; }
    }
    shown.regions.forEach((region, area) => {
      let number = region.changes[0][1];
      for (const [time, count] of region.changes) { if (time > minute) break; number = count; }
      find("count", area).textContent = String(number);
      if (!region.places) return;
      const places = region.places[Math.min(23, Math.floor(minute / 60))];
      find("places", area).textContent = String(Math.round(places));
      find("area", area).classList.toggle("full", number > 0 && number >= places);
    });
  };
  const pause = () => { playing = false; button.textContent = button.dataset.play; };
  const step = (now) => {
    if (!playing) return;
    minute = Math.min(DAY - 0.01, minute + ((now - last) / 1000) * Number(speed.value));
    last = now;
    show();
    if (minute >= DAY - 0.02) pause(); else requestAnimationFrame(step);
  };
  button.addEventListener("click", () => {
    if (playing) { pause(); return; }
    if (minute >= DAY - 0.02) minute = 0;
    playing = true;
    button.textContent = button.dataset.pause;
    last = performance.now();
    requestAnimationFrame(step);
  });
  slider.addEventListener("input", () => { minute = Math.min(DAY - 0.01, Number(slider.value)); show(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target !== document.body) return;
    event.preventDefault();
    button.click();
  });
  window.addEventListener("resize", () => {
    measure();
    for (const stay of stays) if (stay.dot) stay.dot.style.transform = place(stay);
  });
  measure();
  show();
})();
