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

  // A swap keeps the focus, the caret, and what was typed meanwhile. An answer without the part that was asked for is
  // an error page or the page to sign in: what is on the screen stays.
  var kept, open = [];
  document.addEventListener("htmx:beforeSwap", function (event) {
    var target = event.detail.target;
    kept = undefined;
    open = Array.from(target.querySelectorAll("[data-kept-open][open]"), function (each) { return each.id; });
    if (!isOurs(target, event.detail.xhr)) {
      event.detail.shouldSwap = false;
      return sayNotUpdated(event.detail, isSignIn(event.detail.xhr.responseURL));
    }
    hideProblem();
    var active = document.activeElement;
    if (!target.contains(active)) return;
    kept = { id: active.id, tag: active.tagName, text: named(active), isTable: target.matches("[data-fragment]") };
    if (kept.isTable && active.matches(TYPED)) {
      kept.value = active.value;
      kept.start = active.selectionStart;
      kept.end = active.selectionEnd;
    }
  });
  function isOurs(target, xhr) {
    if (isSignIn(xhr.responseURL)) return false;
    if (target.id && xhr.responseText.includes('id="' + target.id + '"')) return true;
    return !target.matches("[data-fragment], #content") && xhr.status < 400 && !/<html[\s>]/i.test(xhr.responseText);
  }
  function named(element) { return element.textContent.trim() || element.getAttribute("aria-label") || element.name; }
  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target && document.getElementById(event.detail.target.id); // none after the back button
    var source = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!target) return;
    open.forEach(function (id) { if (document.getElementById(id)) document.getElementById(id).open = true; });
    if (target.matches("[data-fragment]")) announce(target);
    if (kept && (kept.isTable || document.activeElement === document.body) && target.id !== "content") keepFocus(target, kept);
    if (target.id !== "content" || !source || !source.matches("[data-keeps-place]")) kept = undefined;
  });
  // The page puts the focus on its heading, which is right after a form: not after a button of one row.
  document.addEventListener("htmx:afterSettle", function (event) {
    if (!kept || event.detail.target.id !== "content") return;
    keepFocus(document.getElementById("content"), kept);
    kept = undefined;
  });
  function keepFocus(target, was) {
    var same = was.id && document.getElementById(was.id);
    if (same && "value" in was) return keepTyped(same, was);
    if (same) return same.focus({ preventScroll: true });
    var twin = Array.from(target.querySelectorAll(was.tag)).find(function (each) { return named(each) === was.text; });
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

  // A swap that does not come is said, with a way to go on. What nobody asked for (polling) is quiet.
  var lost;
  function sayNotUpdated(detail, isSignedOut) {
    var asked = detail.requestConfig || {};
    var own = detail.target.closest("dialog") && detail.target.closest("dialog").querySelector("[data-not-updated]");
    var notice = document.querySelector("[data-swap-problem]");
    if (own) own.hidden = false;
    if (own || !notice || !isSignedOut && !asked.triggeringEvent) return;
    if (document.querySelector("[data-lost]") && ["content", "hold", "suggestions"].includes(detail.target.id)) return;
    lost = asked;
    notice.querySelector("span").textContent = isSignedOut ? notice.dataset.signedOutWords : notice.dataset.lostWords;
    notice.querySelector("[data-retry]").hidden = isSignedOut;
    var link = notice.querySelector("a");
    link.hidden = !isSignedOut;
    link.search = "?next=" + encodeURIComponent(location.pathname + location.search);
    notice.hidden = false;
  }
  function hideProblem() {
    var notice = document.querySelector("[data-swap-problem]");
    if (notice) notice.hidden = true;
  }
  document.addEventListener("htmx:sendError", function (event) { sayNotUpdated(event.detail, false); });
  // The portal sends a browser that is signed out to the sign-in page; the call screen has its own answer to that.
  document.addEventListener("htmx:beforeOnLoad", function (event) {
    var elsewhere = event.detail.xhr.getResponseHeader("HX-Redirect") || "";
    if (event.defaultPrevented || !isSignIn(elsewhere) || document.querySelector("[data-lost]")) return;
    event.preventDefault();
    sayNotUpdated(event.detail, true);
  });
  document.addEventListener("click", function (event) {
    var isRetry = event.target.matches("[data-retry]");
    if (!isRetry && !event.target.matches("[data-dismiss]")) return;
    hideProblem();
    if (!lost || !lost.elt.isConnected) return;
    var first = lost.elt.matches("a, button") ? lost.elt : lost.elt.querySelector("a, button, input, select");
    if (first) first.focus({ preventScroll: true });
    if (isRetry) again(lost.elt, lost.triggeringEvent);
  });
  function again(sender, first) {
    if (first.type === "submit") return sender.requestSubmit(first.submitter);
    if (first.type === "click") return sender.click();
    htmx.trigger(sender, first.type);
  }

  // What takes longer than a moment shows that it is under way.
  var BUSY_AFTER = 300;
  document.addEventListener("htmx:beforeRequest", function (event) {
    var target = event.detail.target;
    if (!event.detail.requestConfig.triggeringEvent || target === document.body) return;
    var timer = setTimeout(function () { target.setAttribute("aria-busy", "true"); }, BUSY_AFTER);
    event.detail.xhr.addEventListener("loadend", function () {
      clearTimeout(timer);
      target.removeAttribute("aria-busy");
    });
  });

  // Filters are folded on a narrow screen; opened ones stay open over swaps.
  function showFold() {
    var isOpen = document.documentElement.dataset.filters === "open";
    document.querySelectorAll("[data-fold]").forEach(function (each) { each.setAttribute("aria-expanded", String(isOpen)); });
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-fold]")) return;
    var root = document.documentElement;
    root.dataset.filters = root.dataset.filters === "open" ? "" : "open";
    showFold();
  });
  document.addEventListener("htmx:load", showFold);

  // Shift and a click tick, or untick, all boxes since the last one.
  var lastBox;
  document.addEventListener("click", function (event) {
    if (!event.target.matches("[data-range]")) return;
    var boxes = Array.from(event.target.closest("table").querySelectorAll("[data-range]"));
    var from = boxes.indexOf(lastBox), to = boxes.indexOf(event.target);
    if (event.shiftKey && from >= 0) {
      boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (box) { box.checked = event.target.checked; });
    }
    lastBox = event.target;
  });

  // “?” lists the keys.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type='radio'], [type='checkbox']), textarea, select")) return;
    event.preventDefault();
    var dialog = document.getElementById("shortcuts");
    if (!dialog) {
      dialog = document.getElementById("shortcuts-list").content.firstElementChild.cloneNode(true);
      document.body.append(dialog);
    }
    dialog.showModal();
  });
})();
