// Says why a passkey did not work. allauth's scripts do the rest, and report here what the browser answered.
document.addEventListener("allauth.error", function (event) {
  var problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  var texts = {
    NotAllowedError: "No passkey was used: the request was cancelled, took too long, or this device has none for your account.",
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: "Passkeys work only over HTTPS and under the portal's name, or on “localhost”, not under an address of numbers.",
    NotSupportedError: "This device cannot make such a passkey. Try without the box above, or another device."
  };
  problem.textContent = texts[event.detail.exception.name] || "This browser cannot use passkeys here. Use another browser or another way to sign in.";
  problem.hidden = false;
});

// What is on the page: an element names allauth's function, and the ids of its button, of its field and of its box.
document.querySelectorAll("[data-passkey]").forEach(function (each) {
  var button = each.dataset.button;
  var ids = { login: button, add: button, authenticate: button, credential: each.dataset.field, passwordless: each.dataset.box, data: "js_data" };
  window.allauth.webauthn.forms[each.dataset.passkey]({ ids: ids });
});
