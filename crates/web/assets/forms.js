// Forms by fetch: the page stays, an error stands at its field, what was typed is never lost.
// The server answers a redirect (followed, then shown) or problem details: {title, detail, errors: [{field, detail}]}.

const store = sessionStorage;
const nameOf = (form, field) => `typed ${new URL(form.action).pathname} ${field.name}`;

// Text of long fields survives a reload, a lost session and a 409.
for (const field of document.querySelectorAll("textarea[data-keep]")) {
  if (!field.form) continue;
  const kept = store.getItem(nameOf(field.form, field));
  if (kept !== null && !field.closest(".bad")) field.value = kept;
  field.addEventListener("input", () => store.setItem(nameOf(field.form, field), field.value));
}

function forget(form) {
  for (const field of form.elements) if (field.matches?.("textarea[data-keep]")) store.removeItem(nameOf(form, field));
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
  const said = [problem.detail ?? (first ? "" : problem.title), ...lost].filter(Boolean).join(" ");
  if (summary) { summary.textContent = said; summary.hidden = said === ""; }
  for (const [, place] of fields) {
    const input = place.querySelector("input, textarea, select");
    input?.toggleAttribute("aria-invalid", place.classList.contains("bad"));
    if (place.classList.contains("bad")) input?.setAttribute("aria-invalid", "true");
  }
  (first ?? summary)?.scrollIntoView({ block: "nearest" });
  first?.focus();
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button?.name ? button : undefined));
  const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/problem+json, text/html" } });
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.includes("problem+json")) return show(form, await answer.json());
  if (!answer.ok) throw new Error(String(answer.status));
  forget(form);
  // The same page must be loaded anew even where only the part after # differs.
  if (answer.url.split("#")[0] === location.href.split("#")[0]) {
    history.replaceState(null, "", answer.url);
    location.reload();
  } else location.assign(answer.url);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-enhance]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    await send(form, event.submitter);
  } catch {
    // Never sent twice by itself: the first may have arrived.
    show(form, { detail: document.documentElement.dataset.unsent });
  } finally {
    form.removeAttribute("aria-busy");
  }
});
