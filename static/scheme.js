// Runs before the page is painted: the scheme that the reader chose, or the system's.
(function () {
  document.documentElement.dataset.scripted = "";
  var chosen = localStorage.getItem("scheme");
  if (chosen) document.documentElement.dataset.scheme = chosen;
})();
