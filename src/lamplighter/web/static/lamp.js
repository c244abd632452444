// Everything works without this file. It refreshes the parts of a page that change, and closes what is open.
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

// On a phone the button of a sheet would lie below the screen.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("details.confirm[open]")) event.target.querySelector(".sheet .row")?.scrollIntoView({ block: "nearest" });
  },
  true,
);

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
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.confirm[open], details.person[open]");
  if (open) close(open);
  else document.activeElement?.blur();
});
