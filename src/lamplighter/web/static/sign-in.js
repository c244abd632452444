// The secret of a sign-in link stands behind #, so that it is neither sent nor logged by opening the link.
const secret = document.getElementById("secret");
if (secret && location.hash.length > 1) {
  secret.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  document.querySelector("#sign-in button").focus();
}
