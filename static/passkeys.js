// Says why a passkey did not work. allauth's scripts do the rest, and report here what the browser answered.
document.addEventListener("allauth.error", function (event) {
  var problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  var names = { NotAllowedError: "notAllowed", InvalidStateError: "known", SecurityError: "insecure", NotSupportedError: "notSupported" };
  problem.textContent = problem.dataset[names[event.detail.exception.name] || "otherwise"];
  problem.hidden = false;
});

// What is on the page: an element names allauth's function, and the ids of its button, of its field and of its box.
document.querySelectorAll("[data-passkey]").forEach(function (each) {
  var button = each.dataset.button;
  var ids = { login: button, add: button, authenticate: button, credential: each.dataset.field, passwordless: each.dataset.box, data: "js_data" };
  window.allauth.webauthn.forms[each.dataset.passkey]({ ids: ids });
});
