// What an app of its own has to write where a library leaves it to the app.

/** The body of a good answer. Anything else is a fault of the run. */
export async function read(response) {
  if (!response.ok) throw new Error(`the API answers with status ${response.status}`);
  return response.json();
}

/** A session by the password grant (RFC 6749 §4.3), for clients that sign in by a redirect, which no bench can follow. */
export async function passwordGrant() {
  return read(await fetch("/token", { method: "POST", body: new URLSearchParams({ grant_type: "password", username: "ada", password: "correct horse" }) }));
}

/** A session that the app itself keeps in `localStorage`. */
export const kept = (key) => ({
  get: () => JSON.parse(localStorage.getItem(key)),
  set: (session) => localStorage.setItem(key, JSON.stringify(session)),
});
