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
document.addEventListener("change", function (event) {
  if (event.target.form) showWhatIsNeeded(event.target.form);
});
document.addEventListener("filled", function (event) { showWhatIsNeeded(event.target); });

// What only a script can do is shown by one.
function ready(part) {
  part.querySelectorAll("form:has([data-needs])").forEach(showWhatIsNeeded);
  part.querySelectorAll("[data-scripted]").forEach(function (each) { each.hidden = false; });
}
ready(document);
// What is one click away is part of the page once it is opened: browsers with scripts keep it as text until then.
function unfold(details) {
  var folded = details.querySelector(":scope > noscript");
  if (folded) folded.outerHTML = folded.childElementCount ? folded.innerHTML : folded.textContent;
}
document.addEventListener("toggle", function (event) { if (event.target.open && event.target.matches("details")) unfold(event.target); }, true);
addEventListener("beforeprint", function () { document.querySelectorAll("details.rest").forEach(unfold); });
document.addEventListener("htmx:load", function (event) {
  ready(event.detail.elt);
  if (event.detail.elt.id !== "content") return;
  var asked = event.detail.elt.querySelector("[autofocus], [aria-invalid='true']");
  if (asked) {
    asked.scrollIntoView({ block: "center" });
    return asked.focus({ preventScroll: true });
  }
  var heading = event.detail.elt.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
});
// A refused form opens at its first field in error, and the title says so first.
var inError = document.querySelector("main [aria-invalid='true'], main .errorlist, main fieldset[aria-describedby$='_error'] input");
if (inError) {
  var error = document.body.dataset.error + " ";
  if (!document.title.startsWith(error)) document.title = error + document.title;
  if (inError.matches("input, select, textarea")) inError.focus();
}
var current = document.querySelector("#sections [aria-current]");
if (current) current.scrollIntoView({ block: "nearest" });
document.addEventListener("htmx:historyRestore", function () { ready(document); });

// A button that fills a field.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-set]");
  if (!button) return;
  var field = document.getElementById(button.dataset.set);
  field.value = button.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// An answer without the part that was asked for is not ours: a proxy's error, or the page to sign in. What is on the
// screen stays, and a notice says so. Tables have their own: see lists.js.
function sayLost(isSignedOut) {
  var notices = Array.from(document.querySelectorAll("[data-lost]"));
  var said = notices.find(function (each) { return (each.dataset.lost === "signed-out") === isSignedOut; }) || notices[0];
  if (!said) return;
  notices.forEach(function (each) { each.hidden = each !== said; });
  said.scrollIntoView({ block: "center" });
}
function isSignIn(address) { return address.includes("/accounts/login/"); }
document.addEventListener("htmx:beforeSwap", function (event) {
  var id = event.detail.target.id;
  if (!["content", "hold", "suggestions"].includes(id) || event.detail.xhr.responseText.includes('id="' + id + '"')) return;
  event.detail.shouldSwap = false;
  var isSignedOut = isSignIn(event.detail.xhr.responseURL);
  if (id === "content" || isSignedOut) sayLost(isSignedOut);
});
document.addEventListener("htmx:sendError", function (event) {
  if (event.detail.target.id === "content") sayLost(false);
});

// Signing out leaves nothing in this browser of what was typed and not saved: see call.js.
document.addEventListener("submit", function (event) {
  if (!event.target.matches("form[action$='/logout/']")) return;
  Object.keys(localStorage).forEach(function (key) { if (key.startsWith("call:")) localStorage.removeItem(key); });
});

// Boxes: one in the header ticks all rows below it; a folded list says what is ticked in it. Before htmx sends them.
document.addEventListener("change", function (event) {
  var all = event.target.closest("[data-check-all]");
  if (all) all.closest("table").querySelectorAll("tbody input[type='checkbox']").forEach(function (box) { box.checked = all.checked; });
  var pick = event.target.closest("details.pick");
  if (!pick) return;
  var chosen = Array.from(pick.querySelectorAll("input:checked"), function (box) { return box.parentElement.textContent.trim(); });
  var more = chosen.length > 1 ? ", +" + (chosen.length - 1) : "";
  pick.querySelector("[data-summary]").textContent = chosen.length ? chosen[0] + more : pick.dataset.none;
}, true);
document.addEventListener("click", function (event) {
  document.querySelectorAll("details:is(.pick, .menu)[open]").forEach(function (each) {
    if (!each.contains(event.target)) each.open = false;
  });
});
document.addEventListener("keydown", function (event) {
  var open = event.key === "Escape" && event.target.closest("details:is(.pick, .menu)[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A file that is too large is said before it is sent; the server says so, too.
document.addEventListener("change", function (event) {
  var most = Number(event.target.dataset.mostBytes);
  if (!most) return;
  var file = event.target.files[0];
  var size = file && file.size > most;
  var words = event.target.dataset.tooLarge;
  event.target.setCustomValidity(size ? words.replace("{name}", file.name).replace("{size}", Math.ceil(file.size / 1048576)) : "");
  event.target.reportValidity();
});

// A key goes from value to value.
function nextRadio(group) {
  var radios = Array.from(group.querySelectorAll("input[type='radio']"));
  return radios[(radios.findIndex(function (each) { return each.checked; }) + 1) % radios.length];
}

// Outcomes, and what else names a key, while no field is being written in.
document.addEventListener("keydown", function (event) {
  var form = document.querySelector("form[data-keys]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".primary"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches("input:not([type='radio']):not([type='checkbox']), textarea, select")) {
    if (event.key === "Escape" && form.contains(event.target)) event.target.blur();
    return;
  }
  var choice = document.querySelector("[data-key='" + CSS.escape(event.key.toLowerCase()) + "']");
  if (!choice || !choice.checkVisibility()) return;
  event.preventDefault();
  choice = (choice.matches("[data-cycles]") && nextRadio(choice)) || choice.querySelector("input") || choice;
  choice.focus();
  choice.click();
});
