// The event stream of a live page.
//   event: fragment   data: HTML whose outermost elements have ids; each replaces its namesake, a new row joins #rows
//   event: gone       data: id of an element that is no longer
//   event: heartbeat  data: the server's time in ms since 1970; at least every 3 s
// After 10 s without any of them the page greys, sounds once and says so.

const STALE_MS = 10_000;
const page = document.querySelector("[data-live]");
const age = document.querySelector("[data-age]");
const stale = document.getElementById("stale");
const toggle = document.querySelector("[data-sound]");
let heard = performance.now();
let isStale = false;

const soundOn = () => localStorage.getItem("sound") === "on";
let audio;

function beep(times, pitch) {
  if (!soundOn()) return;
  audio ??= new AudioContext();
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
  toggle.setAttribute("aria-pressed", String(soundOn()));
  toggle.textContent = soundOn() ? toggle.dataset.on : toggle.dataset.off;
}

toggle?.addEventListener("click", () => {
  localStorage.setItem("sound", soundOn() ? "off" : "on");
  showSound();
  beep(1, 880);
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

// What a person is typing is never replaced under his hands.
const busy = (element) => element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

function put(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const fresh of [...holder.content.children]) {
    const old = document.getElementById(fresh.id);
    const rows = document.getElementById("rows");
    if (old && busy(old)) continue;
    const held = old?.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
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
  // EventSource comes back by itself, except after an answer that is not a stream.
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  });
}

function tick() {
  const silent = performance.now() - heard;
  if (age) age.textContent = age.dataset.age.replace("{s}", Math.floor(silent / 1000));
  if (!isStale && silent > STALE_MS) setStale(true);
}

if (page) {
  showSound();
  connect();
  setInterval(tick, 1000);
  document.addEventListener("clock-turned", (event) => beep(event.detail === "overdue" ? 3 : 1, 660));
}
