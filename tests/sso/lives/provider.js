// A provider of these lives. It knows which code is whose, and complains of what must never be.
import { createHash, generateKeyPairSync, sign } from "node:crypto";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k", alg: "ES256", use: "sig" };
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const hashed = (text) => createHash("sha256").update(text).digest();

/** Seconds that an access token is good. */
const LIFETIME = 300;
/** Milliseconds for which a refresh token that was used may be used again, as its answer may have been lost. */
const GRACE = 60_000;

export class Provider {
  /** Who is signed in at it, in this browser. */
  user;
  /** What came of each access token: whose it is, and until when. */
  tokens = new Map();
  /** By code, the request that it answers. */
  #codes = new Map();
  /** By refresh token, what was granted. */
  #grants = new Map();
  /** What came of each state. */
  grants = [];
  /** States whose codes were sent, and those codes. */
  #taken = new Set();

  /** `saysIss`: it names itself in its answers (RFC 9207). `origins`: those that get the session's token. `apis`: origins by their resources. */
  constructor(network, { name, issuer, clientId, saysIss, origins, apis = {} }) {
    Object.assign(this, { network, world: network.world, name, issuer, clientId, saysIss, origins, apis });
    network.servers.set(issuer, this);
  }

  /** One of its pages is opened. It leads back at once where nobody has to be asked, else a visitor decides. */
  visit(url, tab) {
    const query = Object.fromEntries(url.searchParams);
    const visit = { provider: this, query, tab, isAsking: url.pathname === "/auth" };
    const isAsked = query.prompt === "login" || query.max_age !== undefined;
    if (url.pathname === "/end") {
      this.user = undefined;
      this.#soon(visit, () => {
        const to = new URL(query.post_logout_redirect_uri);
        to.searchParams.set("state", query.state);
        tab.load(to.href);
      });
    } else if (query.prompt === "none" && !this.user) this.#soon(visit, () => this.lead(visit, { error: "login_required" }));
    else if (this.user && !isAsked) this.#soon(visit, () => this.allow(visit, this.user));
    return visit;
  }

  #soon(visit, act) {
    visit.isAsking = false;
    this.world.soon(() => visit.tab.visit === visit && !visit.tab.isClosed && act());
  }

  /** The visitor has signed in. */
  allow(visit, user) {
    this.user = user ?? this.user;
    const { query } = visit;
    const code = this.network.secret("code", this.name, (origin, path) => origin === this.issuer && path === "/token");
    this.#codes.set(code, { ...query, user: this.user });
    this.lead(visit, { code });
  }

  /** Leads back to the app. */
  lead({ query, tab }, said) {
    const to = new URL(query.redirect_uri);
    const all = { state: query.state, ...(this.saysIss && { iss: this.issuer }), ...said };
    for (const [name, value] of Object.entries(all)) to.searchParams.set(name, value);
    tab.load(to.href);
  }

  /** A request of it, or its answer, does not arrive. */
  lost({ url, form }) {
    if (url.pathname === "/revoke") Object.assign(this.#grants.get(form.token) ?? {}, { isLost: true });
    if (form.code) for (const grant of this.grants) if (grant.state === this.#codes.get(form.code)?.state) grant.isLost = true;
  }

  respond({ url, form, page }) {
    const { issuer, saysIss, world } = this;
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return {
          json: {
            issuer,
            authorization_endpoint: `${issuer}/auth`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            revocation_endpoint: `${issuer}/revoke`,
            end_session_endpoint: `${issuer}/end`,
            response_types_supported: ["code"],
            code_challenge_methods_supported: ["S256"],
            id_token_signing_alg_values_supported: ["ES256"],
            authorization_response_iss_parameter_supported: saysIss,
          },
        };
      case "/jwks":
        return { json: { keys: [jwk] } };
      case "/revoke": {
        const grant = this.#grants.get(form.token);
        if (grant) grant.isEnded = true;
        return {};
      }
      case "/token":
        return form.grant_type === "refresh_token" ? this.#renewed(form) : this.#exchanged(form, page);
      default:
        return { status: world.pick([404, 500]) };
    }
  }

  #exchanged(form, page) {
    const { world } = this;
    const { code, code_verifier = "", client_id, redirect_uri } = form;
    const asked = this.#codes.get(code);
    if (!asked) world.fail(`${code} is no code of ${this.issuer}`);
    const { state, code_challenge, user } = asked;
    if (this.#taken.has(code)) world.fail(`${code} is sent twice`);
    if (this.#taken.has(state)) world.fail(`${state} is taken twice`);
    this.#taken.add(code).add(state);
    if (hashed(code_verifier).toString("base64url") !== code_challenge) world.fail(`${code} comes with the verifier of another`);
    if (client_id !== this.clientId || redirect_uri !== asked.redirect_uri) world.fail(`${code} comes with ${client_id} and ${redirect_uri}`);
    if (world.isOnceIn(20)) return { status: world.pick([400, 503]), json: { error: "invalid_grant" } };
    const grant = { user, state, page, newest: undefined };
    this.grants.push(grant);
    const tokens = this.#tokens(grant);
    const now = Math.floor(world.now / 1000);
    const claims = {
      iss: this.issuer,
      sub: user,
      aud: client_id,
      exp: now + LIFETIME,
      iat: now,
      auth_time: now,
      nonce: world.isOnceIn(30) ? "another" : asked.nonce,
      at_hash: hashed(tokens.access_token).subarray(0, 16).toString("base64url"),
    };
    const signed = `${base64url({ alg: "ES256", kid: "k" })}.${base64url(claims)}`;
    const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
    // It is for this provider's page of a logout, and for nobody else.
    const id_token = this.network.guard(`${signed}.${signature}`, (origin, path) => origin === this.issuer && path === undefined);
    return { json: { ...tokens, id_token } };
  }

  #renewed({ refresh_token, resource, client_id }) {
    const { world } = this;
    const grant = this.#grants.get(refresh_token);
    if (!grant || client_id !== this.clientId) world.fail(`${refresh_token} is no token of ${this.issuer}`);
    const isAgain = refresh_token === grant.before && world.now - grant.usedAt < GRACE;
    if (refresh_token !== grant.newest && !isAgain) grant.isEnded = true;
    if (world.isOnceIn(30)) return { status: 503, json: {} };
    if (grant.isEnded) return { status: 400, json: { error: "invalid_grant" } };
    const api = resource && this.apis[resource];
    if (resource && !api) return { status: 400, json: { error: "invalid_target" } };
    return { json: this.#tokens(grant, api && [api]) };
  }

  /** Tokens that are good at these origins. */
  #tokens(grant, origins = this.origins) {
    const { issuer, name, network, world } = this;
    const access_token = network.secret("access", name, (origin, path) => origins.includes(origin) || (origin === issuer && path === "/revoke"));
    const refresh_token = network.secret("refresh", name, (origin, path) => origin === issuer && ["/token", "/revoke"].includes(path));
    this.tokens.set(access_token, { grant, origins, until: world.now + LIFETIME * 1000 });
    Object.assign(grant, { before: grant.newest, usedAt: world.now, newest: refresh_token });
    this.#grants.set(refresh_token, grant);
    return { access_token, refresh_token, token_type: "Bearer", expires_in: LIFETIME };
  }
}

/** An API, which says whose token it got. `providers`: whose tokens it takes. */
export class Api {
  constructor(network, origin, providers) {
    Object.assign(this, { network, origin, providers });
    network.servers.set(origin, this);
  }

  respond({ headers }) {
    const token = headers.get("authorization")?.replace(/^Bearer /, "");
    const found = this.providers.map(({ tokens }) => tokens.get(token)).find(Boolean);
    const isGood = found && !found.grant.isEnded && found.until > this.network.world.now && found.origins.includes(this.origin);
    return isGood ? { json: { sub: found.grant.user } } : { status: 401, json: {} };
  }
}
