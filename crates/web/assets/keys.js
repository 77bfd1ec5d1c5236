// The keyboard. Never inside a field, never with a modifier, never while an input method composes.

const typing = (element) => element?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const help = document.getElementById("help");
let went = -Infinity; // when g was pressed

// The questions of the judgement, one at a time.
const sheet = document.querySelector("[data-questions]");
const questions = sheet ? [...sheet.querySelectorAll("[data-question]")] : [];
const answer = (question) => question.querySelector("input:checked")?.value;

function step(index) {
  const current = index ?? questions.findIndex((q) => !answer(q));
  questions.forEach((question, i) => {
    question.toggleAttribute("data-current", i === current);
    question.toggleAttribute("data-answered", Boolean(answer(question)));
  });
  const yes = questions.some((q) => answer(q) && answer(q) === q.dataset.affected);
  const all = questions.every(answer);
  const verdict = all ? (yes ? "yes" : "no") : "open";
  sheet.querySelectorAll("[data-when]").forEach((span) => { span.hidden = span.dataset.when !== verdict; });
  sheet.toggleAttribute("data-complete", all);
}

if (sheet) {
  sheet.dataset.stepped = "";
  questions.forEach((question, i) => {
    question.addEventListener("change", () => step());
    question.querySelector("legend").addEventListener("click", () => step(i));
  });
  step();
}

function move(by) {
  const rows = [...document.querySelectorAll("[data-row] a")].filter((a, i, all) => visible(a) && all.findIndex((b) => b.closest("[data-row]") === a.closest("[data-row]")) === i);
  if (rows.length === 0) return false;
  const here = rows.findIndex((a) => a.closest("[data-row]").contains(document.activeElement));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, here + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// The element whose visible hint shows this key; while a question is open, only its own.
function press(key) {
  const current = document.querySelector("[data-current]");
  const scope = current && (key === "y" || key === "n") ? current : document;
  const target = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!target) return false;
  target.click();
  return true;
}

function back() {
  const at = questions.findIndex((q) => q.hasAttribute("data-current"));
  const index = (at < 0 ? questions.length : at) - 1;
  if (index < 0) return false;
  questions[index].querySelectorAll("input").forEach((input) => { input.checked = false; });
  step(index);
  return true;
}

// The number of the contact whose turn it is.
function dial() {
  const link = document.querySelector("[data-dial] a");
  link?.click();
  return Boolean(link);
}

function seek() {
  const box = document.querySelector("[type=search]");
  box?.select();
  return Boolean(box);
}

// Enter does the next step, unless something that understands Enter has the focus, or a field of another form.
function primary() {
  const focused = document.activeElement;
  if (focused?.matches("a, button, summary")) return false;
  const target = [...document.querySelectorAll("[data-primary]")].find(visible);
  if (!target || (focused?.form && focused.form !== target.form)) return false;
  if (sheet && !sheet.hasAttribute("data-complete")) return false;
  target.click();
  return true;
}

function handle(event) {
  const key = event.key;
  if (performance.now() - went < 1500 && key !== "g") {
    went = -Infinity;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) link.click();
    return Boolean(link);
  }
  switch (key) {
    case "g": went = performance.now(); return true;
    case "j": case "ArrowDown": return move(1);
    case "k": case "ArrowUp": return move(-1);
    case "u": return back();
    case "t": return dial();
    case "/": return seek();
    case "?": help?.showModal(); return true;
    case "Enter": return primary();
    default: return key.length === 1 && press(key.toLowerCase());
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  // An Enter held down must not send what nobody has read.
  if (event.repeat && event.key === "Enter" && !event.target.matches("textarea")) return event.preventDefault();
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) return;
  // Arrows belong to radio buttons while one has the focus.
  if (event.key.startsWith("Arrow") && event.target.matches("input")) return;
  if (handle(event)) event.preventDefault();
});
