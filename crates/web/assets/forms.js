// Forms by fetch: the page stays, an error stands at its field, what was typed is not lost.
// The server answers a redirect (followed, then shown) or problem details: {title, detail, errors: [{field, detail}]}.

const store = sessionStorage;

// What was changed is kept over one new opening of the page (somebody was faster, the session ended); an answer for its question only.
const place = `kept ${location.pathname}`;
const isTick = (field) => field.type === "radio" || field.type === "checkbox";
const asked = (field) => field.closest("[data-question]")?.querySelector(".asked").textContent ?? "";
const spot = (field) => ["typed", new URL(field.form.action).pathname, field.name, isTick(field) ? field.value : "", asked(field)].join(" ");
const fields = () => [...document.querySelectorAll("form[data-enhance]")].flatMap((form) => [...form.elements])
  .filter((field) => field.name && field.matches("input:not([type=hidden], [type=password]), textarea, select"));

function isChanged(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function keep() {
  const kept = fields().filter(isChanged).map((field) => [spot(field), isTick(field) ? field.checked : field.value]);
  store.setItem(place, JSON.stringify(Object.fromEntries(kept)));
}

function restore() {
  const kept = JSON.parse(store.getItem(place) ?? "{}");
  store.removeItem(place);
  for (const field of fields()) {
    const value = kept[spot(field)];
    if (value === undefined) continue;
    if (isTick(field)) field.checked = value; else field.value = value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

restore();
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reopen]");
  if (!link) return;
  keep();
  if (link.getAttribute("href") !== location.pathname + location.search) return;
  event.preventDefault();
  location.reload();
});

// Text of long fields survives any reload, until it is sent.
for (const field of document.querySelectorAll("textarea[data-keep]")) {
  if (!field.form) continue;
  const kept = store.getItem(spot(field));
  if (kept !== null && !field.closest(".bad")) field.value = kept;
  field.addEventListener("input", () => store.setItem(spot(field), field.value));
}

function forget(form) {
  for (const field of form.elements) if (field.matches?.("textarea[data-keep]")) store.removeItem(spot(field));
}

function places(form) {
  const found = new Map();
  for (const element of form.elements) {
    const place = element.closest?.("[data-field]");
    if (place) found.set(place.dataset.field, place);
  }
  return found;
}

function show(form, problem) {
  const summary = form.querySelector("[data-summary]");
  const fields = places(form);
  for (const place of fields.values()) {
    place.classList.remove("bad");
    place.querySelector("[data-problem]").textContent = "";
  }
  const lost = [];
  let first;
  for (const { field, detail } of problem.errors ?? []) {
    const place = fields.get(field);
    if (!place) { lost.push(detail); continue; }
    place.classList.add("bad");
    place.querySelector("[data-problem]").textContent = detail;
    first ??= place.querySelector("input, textarea, select");
  }
  const said = [...new Set([problem.detail ?? (first ? "" : problem.title), ...lost])].filter(Boolean).join(" ");
  if (summary) { summary.textContent = said; summary.hidden = said === ""; }
  for (const [, place] of fields) {
    const input = place.querySelector("input, textarea, select");
    if (place.classList.contains("bad")) input?.setAttribute("aria-invalid", "true"); else input?.removeAttribute("aria-invalid");
  }
  (first ?? summary)?.scrollIntoView({ block: "nearest" });
  first?.focus();
}

// True where the page is being left.
async function send(form, button, stay) {
  const body = new URLSearchParams(new FormData(form, button?.name ? button : undefined));
  const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/problem+json, text/html" } });
  const kind = answer.headers.get("content-type") ?? "";
  if (answer.status === 401) {
    keep();
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return true;
  }
  if (kind.includes("problem+json")) {
    const problem = await answer.json();
    document.getElementById("moved").hidden &&= !problem.type.endsWith("#stale");
    show(form, problem);
    return false;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  forget(form);
  // The call that began is dialled, where a telephone listens.
  if (form.id === "call") form.parentElement.querySelector(".dial a.tel")?.click();
  if (stay) return document.getElementById("owed").replaceWith(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("owed")) ?? show(form, {});
  // The same page must be loaded anew even where only the part after # differs.
  if (answer.url.split("#")[0] === location.href.split("#")[0]) {
    history.replaceState(null, "", answer.url);
    location.reload();
  } else location.assign(answer.url);
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-enhance]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    if (await send(form, event.submitter)) return;
  } catch {
    // Never sent twice by itself: the first may have arrived.
    show(form, { detail: document.documentElement.dataset.unsent });
  }
  form.removeAttribute("aria-busy");
});
// A form that saves itself as it is filled in, one save after the other; its button is for whoever has no script.
document.addEventListener("change", ({ target: { form } }) => { if (form?.matches("form[data-autosave]")) form.saving = (form.saving ?? Promise.resolve()).then(() => send(form, null, true)).catch(() => show(form, { detail: document.documentElement.dataset.unsent })); });
