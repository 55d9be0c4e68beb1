// Conveniences only: every page works without this file.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-switch-scheme]");
  if (!button) return;
  var root = document.documentElement;
  var isDark = (root.dataset.scheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.scheme = isDark ? "light" : "dark";
  localStorage.setItem("scheme", root.dataset.scheme);
});

// A choice may need something more: what names its values in data-needs is shown only for them.
function showWhatIsNeeded(form) {
  form.querySelectorAll("[data-needs]").forEach(function (part) {
    var chosen = form.querySelector("input[name='" + part.dataset.of + "']:checked");
    part.hidden = !(chosen && part.dataset.needs.split(" ").includes(chosen.value));
  });
}
document.querySelectorAll("form:has([data-needs])").forEach(function (form) {
  form.addEventListener("change", function () { showWhatIsNeeded(form); });
  showWhatIsNeeded(form);
});

// A file that is too large is said before it is sent; the server says so, too.
document.addEventListener("change", function (event) {
  var most = Number(event.target.dataset.mostBytes);
  if (!most) return;
  var file = event.target.files[0];
  var size = file && file.size > most;
  event.target.setCustomValidity(size ? file.name + " has " + Math.ceil(file.size / 1048576) + " MB; at most " + most / 1048576 + " MB are taken. Split it into several files." : "");
  event.target.reportValidity();
});

// Outcomes by the keys 1-9 while no field is being written in.
document.addEventListener("keydown", function (event) {
  var form = document.querySelector("form[data-keys]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { form.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type='radio']):not([type='checkbox']), textarea, select")) return;
  var choice = form.querySelector("[data-key='" + CSS.escape(event.key) + "'] input");
  if (choice) { choice.click(); event.preventDefault(); }
});
