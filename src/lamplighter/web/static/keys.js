// Keys for those who like them, and the choice of colours. Single-letter keys can be turned off on the help page.
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
