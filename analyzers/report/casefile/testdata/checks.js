// What must hold of the page, each as a function that gives what is wrong. Run by browser_test.go inside the page.
const all = (s) => [...document.querySelectorAll(s)];
const name = (e) => e.outerHTML.slice(0, 160);
const shown = (e) => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && e.getClientRects().length > 0;

// chapters: fifteen, in order, none empty.
function chapters() {
  const bad = [];
  for (let i = 0; i < 15; i++) {
    const c = document.getElementById("c" + i);
    if (!c) bad.push("no chapter " + i);
    else if (c.innerText.trim().length < 30) bad.push("chapter " + i + " says " + c.innerText);
    if (i > 0 && c && c.querySelector("h2 span").textContent !== String(i)) bad.push("heading of " + i);
    if (i > 0 && !document.querySelector('nav a[href="#c' + i + '"]')) bad.push("no way to " + i);
  }
  return bad;
}

// headings: one of the first rank, and none skips a rank.
function headings() {
  const bad = [];
  let before = 0;
  for (const h of all("h1,h2,h3,h4,h5,h6")) {
    const rank = +h.tagName[1];
    if (rank > before + 1) bad.push(name(h) + " after rank " + before);
    if (!h.textContent.trim()) bad.push("empty " + name(h));
    before = rank;
  }
  if (all("h1").length !== 1) bad.push(all("h1").length + " of the first rank");
  return bad;
}

// labels: every field, button, table, drawing and region says what it is.
function labels() {
  const bad = [];
  for (const e of all("input,select,textarea")) if (!e.labels.length || !e.labels[0].textContent.trim()) bad.push("no label: " + name(e));
  for (const e of all("button,summary,a")) if (!e.textContent.trim()) bad.push("no name: " + name(e));
  for (const t of all("table")) {
    if (!t.caption || !t.caption.textContent.trim()) bad.push("no caption: " + name(t));
    for (const th of t.querySelectorAll("th")) if (!th.scope) bad.push("no scope: " + name(th));
    if (!t.tHead) bad.push("no head: " + name(t));
  }
  for (const s of all("svg")) {
    const said = s.getAttribute("aria-label") || s.getAttribute("aria-labelledby") || s.querySelector("title");
    if (s.closest("[aria-hidden=true]") || s.parentElement.closest("svg")) continue;
    if (s.getAttribute("role") !== "img" || !said) bad.push("a drawing without a name: " + name(s));
  }
  for (const e of all("nav,section")) if (!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) bad.push("no name: " + name(e));
  if (document.documentElement.lang !== "en") bad.push("no language");
  if (!document.title) bad.push("no title");
  if (all("main").length !== 1) bad.push("not one main");
  return bad;
}

// anchors: ids are unique, links lead somewhere in the page.
function anchors() {
  const bad = [];
  const ids = new Set();
  for (const e of all("[id]")) {
    if (ids.has(e.id)) bad.push("twice: " + e.id);
    ids.add(e.id);
  }
  for (const a of all("a[href]")) {
    const to = a.getAttribute("href");
    if (!to.startsWith("#") || !ids.has(to.slice(1))) bad.push("leads nowhere: " + name(a));
  }
  for (const e of all("[aria-labelledby]")) for (const id of e.getAttribute("aria-labelledby").split(" ")) if (!ids.has(id)) bad.push("labelled by nothing: " + name(e));
  return bad;
}

// strangers: no element, handler or address that a page without any request has no use for.
function strangers() {
  const bad = all("img,iframe,object,embed,link,form,base,audio,video,foreignObject").map(name);
  if (document.scripts.length !== 1) bad.push(document.scripts.length + " scripts");
  for (const e of all("*")) for (const a of e.attributes) if (/^on|^style$|^src|action$/i.test(a.name) || /javascript:/i.test(a.value) && a.name !== "data-l") bad.push(name(e));
  return bad;
}

// contrast: every text stands out from what is behind it as WCAG AA wants.
function contrast() {
  const bad = [];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const seen = new Map();
  const rgb = (c) => {
    if (!seen.has(c)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = c;
      canvas.fillRect(0, 0, 1, 1);
      seen.set(c, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return seen.get(c);
  };
  const light = ([r, g, b]) => {
    const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) return c;
    }
    return [255, 255, 255, 255];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const done = new Set();
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (done.has(e) || !walk.currentNode.data.trim() || e.closest("script,style,.sr,caption") || !shown(e)) continue;
    done.add(e);
    const style = getComputedStyle(e);
    const ink = light(rgb(e.closest("svg") ? style.fill : style.color));
    const ground = light(behind(e));
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    const big = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 600);
    if (ratio < (big ? 3 : 4.5)) bad.push(ratio.toFixed(2) + " " + name(e));
  }
  if (done.size < 40) bad.push("only " + done.size + " texts");
  return bad;
}

// sideways: the page is no wider than the screen; what is wider scrolls in itself.
function sideways() {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) return [];
  return [wide + " of " + innerWidth, ...all("main *").filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(-3).map(name)];
}

// filters: a word leaves the rows that have it, a level those of that level, nothing all of them.
function filters() {
  const bad = [];
  for (const input of all("[data-filter]")) {
    const list = document.querySelector(input.dataset.filter);
    const rows = list.tBodies ? [...list.tBodies[0].rows] : [...list.children];
    const type = (s) => {
      input.value = s;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      return rows.filter((r) => !r.hidden);
    };
    const word = rows[rows.length - 1].textContent.toLowerCase().split(/[^a-z0-9.@-]+/).filter((w) => w.length > 3)[0] || "e";
    const left = type(word.toUpperCase());
    if (!left.length || left.some((r) => !r.textContent.toLowerCase().includes(word))) bad.push(word + " leaves " + left.length);
    const say = document.querySelector('[data-left="#' + list.id + '"]').textContent;
    if (say !== left.length + " of " + rows.length) bad.push("says " + say);
    if (type("qqzzxy").length) bad.push("a word that nothing has leaves rows");
    if (type("").length !== rows.length) bad.push("nothing does not leave all");
  }
  for (const button of all("[data-levels] button")) {
    button.click();
    const left = all("#found > *").filter((r) => !r.hidden);
    const want = +button.textContent.replace(/.* /, "").replace(/,/g, "");
    if (left.length !== want) bad.push(button.textContent + " leaves " + left.length);
    if (button.getAttribute("aria-pressed") !== "true") bad.push(button.textContent + " is not pressed");
  }
  const every = document.querySelector("[data-levels] button");
  if (every) every.click();
  return bad;
}

// keyboard: what can be used can be reached, first the way past the navigation; nothing has an order of its own.
function keyboard() {
  const bad = all("[tabindex]").filter((e) => e.tabIndex > 0).map(name);
  const first = all("a[href],button,input,summary,[tabindex]").find((e) => e.tabIndex >= 0);
  if (!first || !first.classList.contains("skip")) bad.push("no skip link first");
  for (const e of all("a[href],button,input,summary")) if (e.tabIndex < 0) bad.push("not reached: " + name(e));
  for (const e of all("[onclick]")) bad.push(name(e));
  return bad;
}

// paper: findings of high and above are open, the others named, filters and navigation gone.
function paper() {
  const bad = [];
  for (const g of all("#found > details")) {
    if (!shown(g.querySelector("summary"))) bad.push("not named: " + name(g));
    const open = shown(g.querySelector("table"));
    const grave = ["critical", "high"].includes(g.dataset.level);
    if (grave !== open) bad.push((open ? "open: " : "closed: ") + name(g));
  }
  for (const e of all("nav,.filter")) if (shown(e)) bad.push("on paper: " + name(e));
  for (const t of all("thead")) if (shown(t) && !t.classList.contains("sr") && getComputedStyle(t).display !== "table-header-group") bad.push("no repeated head: " + name(t));
  for (const r of all("tr")) if (shown(r) && getComputedStyle(r).breakInside !== "avoid") bad.push("splits: " + name(r));
  return bad.slice(0, 20);
}

// bare: without a script no filter is shown.
function bare() {
  return all(".filter").filter(shown).map(name);
}
