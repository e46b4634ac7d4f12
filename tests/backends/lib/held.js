// Requests with what a page holds, made by somebody else: by who has stolen it, or by another device.

/** The tokens in the store of a page. */
export async function tokensOf(app) {
  const { record } = await app.held();
  return JSON.parse(record.slice(record.indexOf("{")));
}

/** With the access or the refresh token (`which`) as a Bearer. */
export async function sendBearer(app, backend, which, method, path, json) {
  const tokens = await tokensOf(app);
  return send(backend, method, path, { authorization: `Bearer ${tokens[which]}` }, json);
}

/** With the page's cookies, and `headers` of them. */
export async function sendCookies(app, backend, method, path, headers = () => ({}), json = undefined) {
  const cookies = await app.cookies();
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return send(backend, method, path, { cookie, ...headers(cookies) }, json);
}

async function send({ origin }, method, path, headers, json) {
  const body = json && JSON.stringify(json);
  const type = json && { "content-type": "application/json" };
  const answer = await fetch(origin + path, { method, headers: { ...headers, ...type }, body });
  return { status: answer.status, body: await answer.text() };
}
