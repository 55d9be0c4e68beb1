// The palette: Ctrl+K or / opens it. A combobox whose listbox comes from the server. Without this file there is a search page.
// Elements are looked up anew each time, as the back button can bring others.
(function () {
  var foundFor = null;

  function palette() { return document.getElementById("palette"); }
  function field() { return document.getElementById("palette-text"); }
  function options() { return Array.from(palette().querySelectorAll("[role='option']")); }
  function chosen() { return palette().querySelector("[aria-selected='true']"); }
  function choose(option) {
    var before = chosen();
    if (before) before.setAttribute("aria-selected", "false");
    if (!option) return field().removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field().setAttribute("aria-activedescendant", option.id);
  }
  function open(text) {
    if (!palette() || document.querySelector("dialog[open]")) return;
    field().value = text;
    foundFor = null;
    palette().showModal();
    field().focus();
    htmx.trigger(field(), "typed");
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.altKey || event.repeat || !palette()) return;
    var isShortcut = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    var isWriting = event.target.matches("input:not([type='radio'], [type='checkbox']), textarea, select, [contenteditable]");
    var isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isWriting;
    if (!isShortcut && !isSlash) return;
    event.preventDefault();
    open("");
  });

  // The field in the header leads to it, too.
  document.addEventListener("click", function (event) {
    if (event.target.matches("[data-opens-palette]")) open(event.target.value);
    if (event.target === palette()) palette().close(); // beside it
  });
  document.addEventListener("input", function (event) {
    if (!event.target.matches("[data-opens-palette]") || event.isComposing) return;
    open(event.target.value);
    event.target.value = "";
  });

  var MOVES = {
    ArrowDown: function (place, last) { return place < last ? place + 1 : 0; },
    ArrowUp: function (place, last) { return place > 0 ? place - 1 : last; },
    Home: function () { return 0; },
    End: function (place, last) { return last; },
  };
  document.addEventListener("keydown", function (event) {
    if (event.target.id !== "palette-text" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    var all = options();
    if (!all.length) return;
    if (event.key in MOVES) {
      event.preventDefault();
      choose(all[MOVES[event.key](all.indexOf(chosen()), all.length - 1)]);
    } else if (event.key === "Enter" && chosen() && foundFor === field().value) {
      event.preventDefault(); // else the form opens the page of what was typed
      chosen().click();
    }
  });

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.target.id === "palette-text") palette().querySelector("[data-not-updated]").hidden = true;
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (!event.detail.target || event.detail.target.id !== "palette-results") return;
    foundFor = event.detail.requestConfig.formData.get("q") || "";
    field().setAttribute("aria-expanded", String(options().length > 0));
    choose(options()[0]);
  });
})();
