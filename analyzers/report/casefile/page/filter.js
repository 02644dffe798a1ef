"use strict";
addEventListener("DOMContentLoaded", () => {
  const rows = (list) => (list.tBodies ? list.tBodies[0].rows : list.children);
  const states = new Map();
  const of = (list) => {
    if (!states.has(list)) states.set(list, { level: "", words: [] });
    return states.get(list);
  };
  const show = (list) => {
    const s = of(list);
    let left = 0;
    for (const row of rows(list)) {
      const text = row.textContent.toLowerCase();
      const hit = (!s.level || row.dataset.level === s.level) && s.words.every((w) => text.includes(w));
      row.hidden = !hit;
      left += hit;
    }
    const out = document.querySelector('[data-left="#' + list.id + '"]');
    out.textContent = s.level || s.words.length ? left + " of " + rows(list).length : "";
  };
  for (const input of document.querySelectorAll("[data-filter]")) {
    const list = document.querySelector(input.dataset.filter);
    input.closest(".filter").classList.add("live");
    input.addEventListener("input", () => {
      of(list).words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      show(list);
    });
  }
  for (const group of document.querySelectorAll("[data-levels]")) {
    const list = document.querySelector(group.dataset.levels);
    group.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (!button) return;
      for (const b of group.children) b.setAttribute("aria-pressed", b === button);
      of(list).level = button.dataset.level;
      show(list);
    });
  }
});
