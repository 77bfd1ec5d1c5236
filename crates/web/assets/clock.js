// Keeps every live clock true: the time left, the ring, and how it looks.
// The server's time counts: the page brings it, each heartbeat of the event stream corrects it.

const NEAR_MS = 5 * 60_000;
let offset = Number(document.documentElement.dataset.now) - Date.now();

const now = () => Date.now() + offset;

document.addEventListener("server-time", (event) => { offset = event.detail - Date.now(); });
// A page out of the browser's memory brings an old time.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// A moment is typed, or taken by a press: now, in the calendar's zone, as a datetime-local field reads it.
function stamp(field) {
  field.value = new Date(now() + Number(document.documentElement.dataset.offset)).toISOString().slice(0, 19);
}

for (const button of document.querySelectorAll("[data-stamp]")) button.hidden = false;
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stamp]");
  if (button) stamp(button.parentElement.querySelector("input"));
});

function digits(ms) {
  const s = Math.floor(Math.abs(ms) / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  if (h >= 48) return `${Math.floor(h / 24)}${document.documentElement.lang === "ja" ? "日" : " d"} ${h % 24}:${two(m)}`;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

function look(left) {
  if (left < 0) return "overdue";
  return left < NEAR_MS ? "near" : "calm";
}

const RINGS = {
  calm: '<circle class="track" cx="10" cy="10" r="7.5"/><circle class="left" cx="10" cy="10" r="7.5" pathLength="100" transform="rotate(-90 10 10)"/>',
  overdue: '<path class="solid" d="M10 1.5 19.2 18H.8Z"/><path class="mark" d="M10 7.2v5M10 14.6v1.4"/>',
};
RINGS.near = RINGS.calm + '<circle class="dot" cx="10" cy="10" r="2.5"/>';

function draw(time) {
  const due = Number(time.dataset.due), since = Number(time.dataset.since);
  const left = due - now();
  const text = digits(left);
  if (time.textContent !== text) time.textContent = text;
  const clock = time.closest(".clock");
  if (!clock) return;
  const state = look(left), face = clock.querySelector(".face"), word = clock.querySelector(".word");
  if (!clock.classList.contains(state)) {
    clock.classList.remove("calm", "near", "overdue");
    clock.classList.add(state);
    face.innerHTML = RINGS[state];
    if (word?.dataset.over) word.textContent = state === "overdue" ? word.dataset.over : word.dataset.left;
    document.dispatchEvent(new CustomEvent("clock-turned", { detail: state }));
  }
  const share = Math.max(0, Math.min(100, (left * 100) / Math.max(1, due - since)));
  face.querySelector(".left")?.setAttribute("stroke-dasharray", `${share.toFixed(1)} 100`);
}

const drawAll = () => document.querySelectorAll("time[data-due]").forEach(draw);
drawAll();
setInterval(drawAll, 1000);
document.addEventListener("fragment", drawAll);
