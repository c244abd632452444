// Everything works without this file; it refreshes the parts of a page that change, and adds keys.
const main = document.querySelector("main");
const asked = new URL(location.href);

const seen = new Map();
const lives = () => document.querySelectorAll("[data-live]");
for (const part of lives()) seen.set(part.id, part.innerHTML);

// A part in which somebody is typing, or is about to confirm, is left alone until they are done.
const busy = (part) =>
  part.querySelector("details.confirm[open], details.person[open]") ||
  (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

function swap(part, fresh) {
  if (!fresh || busy(part) || seen.get(part.id) === fresh.innerHTML) return;
  seen.set(part.id, fresh.innerHTML);
  const open = [...part.querySelectorAll("details[open]")].map((details) => details.id);
  const links = [...part.querySelectorAll("a, button, summary")];
  const focused = links.indexOf(document.activeElement);
  part.replaceChildren(...fresh.childNodes);
  for (const id of open) part.querySelector("#" + CSS.escape(id))?.setAttribute("open", "");
  if (focused >= 0) part.querySelectorAll("a, button, summary")[focused]?.focus({ preventScroll: true });
  dress(part);
}

async function refresh() {
  if (document.hidden) return;
  const address = new URL(asked);
  address.hash = "";
  address.searchParams.delete("done");
  address.searchParams.set("part", "live");
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of lives()) swap(part, fresh.getElementById(part.id));
}

const every = Number(main?.dataset.every) * 1000;
const freshness = document.getElementById("freshness");
function say(text) {
  if (freshness && freshness.textContent !== text) freshness.textContent = text;
}
async function tick() {
  try {
    await refresh();
    say("Live.");
  } catch {
    say("Not live: the platform does not answer. Trying again.");
  }
  setTimeout(tick, every);
}
if (every) {
  say("Live.");
  setTimeout(tick, every);
}

function dress(part) {
  for (const button of part.querySelectorAll("[data-close]")) button.hidden = false;
}
dress(document);

function close(details) {
  details.open = false;
  details.querySelector("summary").focus();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (button) close(button.closest("details"));
  for (const details of document.querySelectorAll("details.confirm[open], details.person[open]"))
    if (!details.contains(event.target)) details.open = false;
});

const stored = (name) => localStorage.getItem(name);
let first = "";
const places = { f: "/", a: "/approvals", i: "/incidents" };
const rows = () => [...document.querySelectorAll("tbody th a, .cards h2 a")];
function move(by) {
  const all = rows();
  const next = Math.min(Math.max(all.indexOf(document.activeElement) + by, 0), all.length - 1);
  all[next]?.focus();
}
const keys = {
  "/": () => document.getElementById("search")?.focus(),
  "?": () => location.assign("/help"),
  j: () => move(1),
  k: () => move(-1),
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.confirm[open], details.person[open]");
    if (open) close(open);
    else document.activeElement?.blur();
    return;
  }
  const typing = event.target.closest?.("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || stored("lamp-keys") === "off") return;
  const before = first;
  first = event.key === "g" ? "g" : "";
  const go = before === "g" ? places[event.key] && (() => location.assign(places[event.key])) : keys[event.key];
  if (!go) return;
  event.preventDefault();
  go();
});

const toggle = document.querySelector("[data-keys]");
if (toggle) {
  const show = () => (toggle.textContent = `Turn single-letter keys ${stored("lamp-keys") === "off" ? "on" : "off"}`);
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    localStorage.setItem("lamp-keys", stored("lamp-keys") === "off" ? "on" : "off");
    show();
  });
  show();
}

for (const choices of document.querySelectorAll(".themes")) {
  choices.hidden = false;
  choices.addEventListener("click", (event) => {
    const choice = event.target.dataset.themeChoice;
    if (choice === undefined) return;
    document.documentElement.dataset.theme = choice;
    document.cookie = `lamp-theme=${choice}; path=/; max-age=31536000; samesite=lax`;
  });
}

// The secret of a sign-in link stands behind #, so that it is neither sent nor logged by opening the link.
const secret = document.getElementById("secret");
if (secret && location.hash.length > 1) {
  secret.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  document.querySelector("#sign-in button").focus();
}
