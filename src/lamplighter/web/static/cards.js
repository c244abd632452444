// Keys 1, 2 and 3 for yes, no and not sure. A key that is held down answers one case, not all of them.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=radio]), textarea, select");
  if (typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (localStorage.getItem("lamp-keys") === "off") return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
// A second tap while the page is on its way would be meant for the case before.
document.querySelector(".answers")?.addEventListener("submit", (event) => {
  setTimeout(() => event.target.querySelectorAll("button").forEach((button) => (button.disabled = true)));
});
