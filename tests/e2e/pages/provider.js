// The page of an identity provider (RFC 6749 §4.1): a click brings a code to where it was asked for.

const asked = new URLSearchParams(location.search);
const answer = new URL(asked.get("redirect_uri"));
answer.searchParams.set("code", "code");
answer.searchParams.set("state", asked.get("state"));
document.querySelector("button").addEventListener("click", () => location.assign(answer));
window.isReady = true;
