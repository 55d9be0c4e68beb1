// The call screen keeps what is typed in this browser until it is saved: neither a lost answer nor a sign-in costs it.
(function () {
  var KEPT_FOR = 3 * 24 * 3600 * 1000;
  var UNSAVED = ["csrfmiddlewaretoken", "asked"];

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; }
  }
  function write(key, draft) {
    try { localStorage.setItem(key, JSON.stringify(draft)); } catch (error) { /* full, or not allowed */ }
  }
  function forget(key) {
    try { localStorage.removeItem(key); } catch (error) { /* not allowed */ }
  }
  function callForm() { return document.querySelector("form[data-draft]"); }

  // `resend` names the button of a save that was not answered: the call is sent again once the page is back.
  function keep(form, resend) {
    var fields = Array.from(new FormData(form)).filter(function (field) { return !UNSAVED.includes(field[0]); });
    write(form.dataset.draft, { at: Date.now(), fields: fields, resend: resend });
  }
  document.addEventListener("input", function (event) {
    if (event.target.form && event.target.form === callForm()) keep(event.target.form);
  });

  // A form with the same request key is the one that was sent: the server has filled it in.
  function bringBack() {
    var form = callForm();
    var draft = form && read(form.dataset.draft);
    if (!draft) return;
    var values = new FormData();
    draft.fields.forEach(function (field) { values.append(field[0], field[1]); });
    if (values.get("request_key") === form.elements.request_key.value) return;
    Array.from(form.elements).forEach(function (field) {
      if (!field.name || UNSAVED.includes(field.name) || field.tagName === "BUTTON") return;
      var typed = values.getAll(field.name);
      if (field.type === "radio" || field.type === "checkbox") field.checked = typed.includes(field.value);
      else if (typed.length) field.value = typed[0];
    });
    form.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
    document.querySelector("[data-brought-back]").hidden = false;
    var button = draft.resend && form.querySelector("button[name='then'][value='" + CSS.escape(draft.resend) + "']");
    if (!button) return;
    keep(form);
    form.requestSubmit(button);
  }

  function isSave(event) {
    var sender = event.detail.requestConfig && event.detail.requestConfig.elt;
    return Boolean(sender && sender.matches("form[data-draft]"));
  }
  // The portal leads a browser that is signed out to the sign-in page: not away from a call.
  document.addEventListener("htmx:beforeOnLoad", function (event) {
    if (!callForm() || !isSignIn(event.detail.xhr.getResponseHeader("HX-Redirect") || "")) return;
    event.preventDefault();
    if (isSave(event)) keep(callForm(), event.detail.requestConfig.parameters.then || "next");
    sayLost(true);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!isSave(event)) return;
    var form = event.detail.requestConfig.elt, xhr = event.detail.xhr;
    var isOurs = xhr.responseText.includes('id="content"');
    if (!isOurs) return failed(form, event, xhr.status === 403);
    if (xhr.status < 400 && !xhr.responseText.includes(form.elements.request_key.value)) forget(form.dataset.draft);
  });
  document.addEventListener("htmx:sendError", function (event) {
    if (isSave(event)) failed(event.detail.requestConfig.elt, event, false);
  });

  // After signing in elsewhere the token of this page is refused: the form takes a new one, and is sent again once.
  function failed(form, event, isRefused) {
    var then = event.detail.requestConfig.parameters.then || "next";
    keep(form, then);
    if (!isRefused || form.dataset.resent) return;
    form.dataset.resent = true;
    fetch(form.action).then(function (answer) {
      if (isSignIn(answer.url)) return sayLost(true);
      return answer.text().then(function (text) {
        var token = new DOMParser().parseFromString(text, "text/html").querySelector("#call [name='csrfmiddlewaretoken']");
        if (!token) return;
        document.querySelectorAll("[name='csrfmiddlewaretoken']").forEach(function (each) { each.value = token.value; });
        form.requestSubmit(form.querySelector("button[name='then'][value='" + CSS.escape(then) + "']"));
      });
    }).catch(function () { /* the notice stands */ });
  }

  // The click on a number starts a clock, the outcome stops it. After a conversation it fills in an empty talk time.
  var dialledAt, ticking;
  function seconds() { return Math.round((Date.now() - dialledAt) / 1000); }
  function showTalking() {
    var shown = document.querySelector("[data-talking]");
    if (!shown || !dialledAt) return stopTalking();
    shown.textContent = Math.floor(seconds() / 60) + ":" + String(seconds() % 60).padStart(2, "0");
  }
  function stopTalking() {
    clearInterval(ticking);
    dialledAt = undefined;
  }
  document.addEventListener("click", function (event) {
    if (!callForm() || !event.target.closest("a[href^='tel:']")) return;
    clearInterval(ticking);
    dialledAt = Date.now();
    ticking = setInterval(showTalking, 1000);
    showTalking();
  });
  document.addEventListener("change", function (event) {
    var form = callForm();
    if (!dialledAt || !form || event.target.form !== form || event.target.name !== "disposition") return;
    var talked = seconds(), field = form.elements.talk_seconds;
    stopTalking();
    var conversations = form.querySelector(".signals").dataset.needs.split(" ");
    if (field.value || !conversations.includes(event.target.value)) return;
    field.value = talked;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:load", function (event) { if (event.detail.elt.id === "content") stopTalking(); });

  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-forget-draft]")) return;
    forget(callForm().dataset.draft);
    location.reload();
  });

  try {
    Object.keys(localStorage).forEach(function (key) {
      if (key.startsWith("call:") && !((read(key) || {}).at > Date.now() - KEPT_FOR)) forget(key);
    });
  } catch (error) { /* not allowed */ }
  document.addEventListener("htmx:load", function (event) { if (event.detail.elt.id === "content") bringBack(); });
  // htmx takes over the form when it is ready: a call sent before would leave the page.
  document.addEventListener("DOMContentLoaded", function () { setTimeout(bringBack); });
})();
