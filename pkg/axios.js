import axios, { AxiosError, AxiosHeaders, CanceledError } from "axios";

/** By it a call names what sends it in place of `fetch`. */
const TRANSPORT = Symbol.for("hallpass.transport");
/** `setTimeout` takes 2³¹ − 1 ms at most. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

// Without the defaults of the app's own instances, which the config has already.
const bare = new axios.Axios({});

/** An axios adapter that sends by `adapter`, as axios would without it, and with what `auth.authFetch` does for a call. */
export const axiosAdapter = (auth, adapter = ["xhr", "http", "fetch"]) => async (config) => {
  const wait = new Wait(config);
  try {
    let request;
    try {
      request = new Request(bare.getUri(config), described(config, wait.signal));
    } catch {
      // No request to `fetch`, e.g. one with a password in its URL: that is between axios and the caller.
      return await axios.getAdapter(adapter, config)(config);
    }
    const transport = (request) => wait.during(() => send(config, adapter, request, wait.left()));
    const { response } = await auth.authFetch(request, { [TRANSPORT]: transport, ...bodyOf(config.data, request) });
    return settled(config, response);
  } catch (error) {
    // Not every browser hands the reason on.
    throw wait.signal.aborted ? wait.signal.reason : error;
  } finally {
    wait.end();
  }
};

/** What hallpass has to know of a request. The body goes by axios, as do the values of the caller's headers. */
function described({ method = "get", headers, auth, withCredentials }, signal) {
  const names = Object.keys(AxiosHeaders.from(headers).toJSON());
  if (auth) names.push("Authorization");
  const credentials = withCredentials === undefined ? "same-origin" : withCredentials ? "include" : "omit";
  return { method: method.toUpperCase(), headers: names.map((name) => [name, ""]), credentials, signal };
}

/** Something that cannot be sent again either, where that holds for the body. */
function bodyOf(data, { method }) {
  const goesOnce = data instanceof ReadableStream || typeof data?.pipe === "function";
  return goesOnce && method !== "GET" && method !== "HEAD" && { body: new ReadableStream(), duplex: "half" };
}

async function send(config, adapter, request, timeout) {
  const [url] = request.url.split("#");
  const headers = new AxiosHeaders(config.headers);
  const own = {
    headers,
    adapter,
    // The very URL that hallpass has compared with its origins.
    url,
    baseURL: undefined,
    params: undefined,
    validateStatus: null,
  };
  for (const [name, value] of request.headers) {
    // Those of the caller are without a value.
    if (!value) continue;
    headers.set(name, value, true);
    // Else axios would put the value of its own cookie there.
    if (name === config.xsrfHeaderName?.toLowerCase()) own.withXSRFToken = false;
  }
  if (request.credentials === "include") own.withCredentials = true;
  if (timeout !== undefined) {
    own.timeout = timeout;
    own.timeoutErrorMessage = lateMessage(config);
  }
  if (request.redirect === "error") {
    // Only `fetch` can refuse to follow one. It can tell the progress of an upload over HTTP/2 only, and fails without.
    own.adapter = "fetch";
    own.fetchOptions = { ...config.fetchOptions, redirect: "error" };
    own.onUploadProgress = undefined;
  }
  const sent = { ...config, ...own };
  try {
    return answer(await axios.getAdapter(own.adapter, sent)(sent), url);
  } catch (error) {
    // Not the one with the token in it: it may be logged, or sent again.
    if (error?.config) error.config = config;
    throw error;
  }
}

/** The part of a `Response` that hallpass and the app's own rule read. */
function answer(response, url) {
  const { status, statusText, data, request } = response;
  const final = request?.responseURL || request?.res?.responseUrl || url;
  const headers = new Headers();
  for (const [name, value] of AxiosHeaders.from(response.headers)) headers.append(name, value);
  const isStream = data instanceof ReadableStream;
  const isEmpty = !data || data.byteLength === 0 || data.size === 0;
  return {
    response,
    status,
    statusText,
    headers,
    ok: status >= 200 && status < 300,
    url: final,
    redirected: final !== url,
    body: isStream ? data : null,
    clone: () => new Response(isStream || isEmpty ? null : data, { status, statusText, headers }),
  };
}

/** As axios settles, by the caller's own `validateStatus`. */
function settled(config, response) {
  response.config = config;
  const { status, request } = response;
  const { validateStatus } = config;
  if (!status || !validateStatus || validateStatus(status)) return response;
  const code = status >= 400 && status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  throw new AxiosError(`Request failed with status code ${status}`, code, config, request, response);
}

const lateMessage = ({ timeout, timeoutErrorMessage }) => timeoutErrorMessage || `timeout of ${timeout}ms exceeded`;

/** Ends a call while it waits for hallpass. While it is sent, axios does so itself. */
class Wait {
  #config;
  #deadline;
  #timer;
  #isSent = false;
  #controller = new AbortController();
  #cancel = () => this.#isSent || this.#controller.abort(this.#canceled());

  constructor(config) {
    this.#config = config;
    if (config.timeout > 0) this.#deadline = performance.now() + Number(config.timeout);
    config.signal?.addEventListener?.("abort", this.#cancel);
    config.cancelToken?.subscribe(this.#cancel);
    this.#listen();
  }

  get signal() {
    return this.#controller.signal;
  }

  /** Milliseconds of the caller's `timeout`, if there is one. */
  left() {
    return this.#deadline && Math.max(1, Math.ceil(this.#deadline - performance.now()));
  }

  async during(send) {
    this.#isSent = true;
    clearTimeout(this.#timer);
    const answer = await send();
    this.#isSent = false;
    this.#listen();
    return answer;
  }

  end() {
    clearTimeout(this.#timer);
    this.#config.signal?.removeEventListener?.("abort", this.#cancel);
    this.#config.cancelToken?.unsubscribe(this.#cancel);
  }

  #listen() {
    // It may have been while nobody listened.
    if (this.#canceled()) this.#cancel();
    if (!this.#deadline) return;
    this.#timer = setTimeout(() => this.#controller.abort(this.#late()), Math.min(this.left(), LONGEST_TIMEOUT));
  }

  #canceled() {
    const { cancelToken, signal } = this.#config;
    return cancelToken?.reason ?? (signal?.aborted ? new CanceledError(null, this.#config) : undefined);
  }

  #late() {
    const { ETIMEDOUT, ECONNABORTED } = AxiosError;
    const code = this.#config.transitional?.clarifyTimeoutError ? ETIMEDOUT : ECONNABORTED;
    return new AxiosError(lateMessage(this.#config), code, this.#config);
  }
}
