// Lists that filter as one types. Without this file a button does it.
(function () {
  var LIVE_AFTER = 250;
  var TYPED = "input:not([type='checkbox'], [type='radio'], [type='hidden'], [type='date'], [type='datetime-local'])";
  var timer;

  // A text filters a moment after its last letter; other fields at once, by their change.
  document.addEventListener("input", function (event) {
    var live = event.target.closest("[data-live]");
    if (!live || !event.target.matches(TYPED) || event.isComposing) return;
    typedSoon(live);
  });
  function typedSoon(live) {
    clearTimeout(timer);
    timer = setTimeout(function () { htmx.trigger(live, "typed"); }, Number(live.dataset.live) || LIVE_AFTER);
  }
  document.addEventListener("change", function (event) {
    if (!event.target.closest("[data-live]")) return;
    var isTyped = event.target.matches(TYPED);
    // A year that is being typed begins with zeros: 0002, 0020, 0202.
    var isHalfTyped = event.target.type === "date" && event.target.value && event.target.value < "1900";
    if (isTyped || isHalfTyped) event.stopPropagation();
  }, true);
  document.addEventListener("compositionend", function (event) {
    var live = event.target.closest("[data-live]");
    if (live) typedSoon(live);
  });

  // What is not filtered by is no part of the address.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") return;
    var sent = event.detail.formData;
    Array.from(new Set(sent.keys())).forEach(function (name) {
      var values = sent.getAll(name).filter(function (value) { return value !== ""; });
      sent.delete(name);
      values.forEach(function (value) { sent.append(name, value); });
    });
  });

  // A swap keeps the focus, the caret, and what was typed meanwhile.
  var kept, open = [];
  document.addEventListener("htmx:beforeSwap", function (event) {
    var target = event.detail.target;
    kept = undefined;
    if (!target.matches("[data-fragment]")) return;
    open = Array.from(target.querySelectorAll("[data-kept-open][open]"), function (each) { return each.id; });
    if (!event.detail.xhr.responseText.includes('id="' + target.id + '"')) {
      event.detail.shouldSwap = false;
      return sayNotUpdated(target);
    }
    var active = document.activeElement;
    if (!target.contains(active)) return;
    kept = { id: active.id, tag: active.tagName, text: active.textContent.trim() };
    if (active.matches(TYPED)) {
      kept.value = active.value;
      kept.start = active.selectionStart;
      kept.end = active.selectionEnd;
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target && document.getElementById(event.detail.target.id); // none after the back button
    if (!target || !target.matches("[data-fragment]")) return;
    open.forEach(function (id) { if (document.getElementById(id)) document.getElementById(id).open = true; });
    announce(target);
    if (kept) keepFocus(target, kept);
    kept = undefined;
  });
  function keepFocus(target, was) {
    var same = was.id && document.getElementById(was.id);
    if (same && "value" in was) return keepTyped(same, was);
    if (same) return same.focus({ preventScroll: true });
    var twin = Array.from(target.querySelectorAll(was.tag)).find(function (each) { return each.textContent.trim() === was.text; });
    twin = twin || target.querySelector(".chips :is(a, button)");
    if (!twin) {
      twin = target;
      target.tabIndex = -1;
    }
    twin.focus({ preventScroll: true });
  }
  function keepTyped(field, was) {
    field.focus({ preventScroll: true });
    if (field.value !== was.value) {
      field.value = was.value;
      typedSoon(field.closest("[data-live]"));
    }
    if (was.start !== null) field.setSelectionRange(was.start, was.end);
  }

  // How many there are is said to who does not see it.
  function announce(target) {
    var within = target.closest("dialog") || document;
    var said = target.dataset.announce !== undefined ? target : target.querySelector("[data-announce]");
    var announcer = within.querySelector("[data-announcer]");
    if (said && announcer) announcer.textContent = said.dataset.announce || said.textContent.replace(/\s+/g, " ").trim();
  }

  // A swap that does not come leaves what was there, and says so.
  function sayNotUpdated(target) {
    var notice = (target.closest("dialog") || target).querySelector("[data-not-updated]");
    if (notice) notice.hidden = false;
  }
  document.addEventListener("htmx:sendError", function (event) {
    if (event.detail.target.matches("[data-fragment]")) sayNotUpdated(event.detail.target);
  });
})();
