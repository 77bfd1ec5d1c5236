// The event stream of a live page.
//   event: fragment   data: HTML whose outermost elements have ids; each replaces its namesake, a new row joins #rows
//   event: gone       data: id of an element that is no longer
//   event: rows       data: JSON array of the ids of all rows there are; others left while nobody listened
//   event: heartbeat  data: the server's time in ms since 1970; at least every 3 s
// After 10 s without any of them the page greys, sounds once and says so.

const STALE_MS = 10_000;
const page = document.querySelector("[data-live]");
const age = document.querySelector("[data-age]");
const stale = document.getElementById("out-of-date");
const ended = document.getElementById("ended");
const moved = document.getElementById("moved");
const spoken = document.getElementById("spoken");
const toggle = document.querySelector("[data-sound]");
let heard = performance.now();
let isStale = false;

const soundOn = () => localStorage.getItem("sound") === "on";
let audio, woken = false;

// A browser keeps a page silent until somebody touches it.
function listen() {
  if (!soundOn() || audio) return;
  audio = new AudioContext();
  audio.addEventListener("statechange", showSound);
}

function wake() {
  woken = soundOn() && audio?.state !== "running";
  if (woken) audio?.resume();
}

function beep(times, pitch) {
  if (!soundOn() || audio?.state !== "running") return;
  for (let i = 0; i < times; i++) {
    const tone = audio.createOscillator(), level = audio.createGain(), at = audio.currentTime + i * 0.25;
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.2, at);
    level.gain.exponentialRampToValueAtTime(0.001, at + 0.18);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
}

function showSound() {
  if (!toggle) return;
  toggle.hidden = false;
  const sounds = soundOn() && audio?.state === "running";
  toggle.setAttribute("aria-pressed", String(sounds));
  toggle.textContent = sounds ? toggle.dataset.on : soundOn() ? toggle.dataset.silent : toggle.dataset.off;
}

toggle?.addEventListener("click", () => {
  // The press that only made the sound possible does not switch it off.
  if (!woken) localStorage.setItem("sound", soundOn() ? "off" : "on");
  listen();
  audio?.resume().then(() => beep(1, 880));
  showSound();
});

function hear() {
  heard = performance.now();
  if (isStale) setStale(false);
}

function setStale(value) {
  isStale = value;
  document.documentElement.toggleAttribute("data-stale", value);
  stale.hidden = !value;
  if (value) beep(4, 330);
}

// The session is over: nothing will come any more, whatever the network does.
function end() {
  setStale(true);
  stale.hidden = true;
  ended.hidden = false;
}

// What a fragment says in words, for those who hear the page: told when it changes, never the ticking clock.
const words = (element) => (element?.matches("[data-say]") ? element : element?.querySelector("[data-say]"))?.textContent;

function speak(old, fresh) {
  if (words(fresh) !== words(old)) spoken.textContent = words(fresh) ?? "";
}

// The forms of the page are as old as the page; one that is being sent brings a new page itself.
function compare(old, fresh) {
  if (document.querySelector("[aria-busy]")) return;
  if (old && ["version", "step"].some((name) => old.dataset[name] !== fresh.dataset[name])) moved.hidden = false;
}

// What a person is typing is never replaced under his hands, nor what is the same, where a link may have marked a line.
const busy = (element) => element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

function put(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const fresh of [...holder.content.children]) {
    const old = document.getElementById(fresh.id);
    const rows = document.getElementById("rows");
    if (old && (busy(old) || old.isEqualNode(fresh))) continue;
    const held = old?.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    speak(old, fresh);
    compare(old, fresh);
    if (fresh.matches("[data-rings]") && fresh.children.length > (old?.children.length ?? 0)) beep(3, 880);
    if (old) old.replaceWith(fresh);
    else if (rows && fresh.matches("[data-row]")) {
      // The first row of an empty board brings its headings, too.
      if (!rows.closest(".rows")) return location.reload();
      rows.append(fresh);
      beep(2, 880);
    }
    if (held) fresh.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
  sort();
  document.dispatchEvent(new CustomEvent("fragment"));
}

function sort() {
  const rows = document.querySelector("[data-sorted]");
  if (!rows) return;
  const due = (row) => Number(row.dataset.due ?? Infinity);
  const sorted = [...rows.children].sort((a, b) => due(a) - due(b) || a.id.localeCompare(b.id));
  if (sorted.every((row, i) => row === rows.children[i])) return;
  const focused = document.activeElement;
  rows.append(...sorted);
  if (rows.contains(focused)) focused.focus({ preventScroll: true });
}

function connect() {
  const stream = new EventSource(page.dataset.live);
  stream.addEventListener("heartbeat", (event) => {
    hear();
    document.dispatchEvent(new CustomEvent("server-time", { detail: Number(event.data) }));
  });
  stream.addEventListener("fragment", (event) => { hear(); put(event.data); });
  stream.addEventListener("gone", (event) => { hear(); document.getElementById(event.data)?.remove(); });
  stream.addEventListener("rows", (event) => {
    const there = new Set(JSON.parse(event.data));
    for (const row of document.querySelectorAll("#rows > [data-row]")) if (!there.has(row.id)) row.remove();
  });
  // EventSource comes back by itself, except after an answer that is not a stream.
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) ask(); });
}

// Why there is no stream: the session, the page itself, or the network.
async function ask() {
  const stop = new AbortController();
  const status = await fetch(page.dataset.live, { signal: stop.signal }).then((answer) => answer.status, () => 0);
  stop.abort();
  if (status === 401) end();
  else if (status === 403 || status === 404) location.reload();
  else setTimeout(connect, 3000);
}

function tick() {
  const silent = performance.now() - heard;
  if (age) age.textContent = age.dataset.age.replace("{s}", Math.floor(silent / 1000));
  if (!isStale && silent > STALE_MS) setStale(true);
}

if (page) {
  listen();
  showSound();
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, wake, true);
  connect();
  setInterval(tick, 1000);
  document.addEventListener("clock-turned", (event) => beep(event.detail === "overdue" ? 3 : 1, 660));
}
