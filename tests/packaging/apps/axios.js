// What the tests of the adapter work with in the page.
import axios, { AxiosError, CanceledError, VERSION } from "axios";
import { createAuth, isAuthError } from "hallpass";
import { axiosAdapter } from "hallpass/axios";

/** What of an error an app looks at. */
const told = (error) => ({
  isAuthError: isAuthError(error),
  isAxiosError: axios.isAxiosError(error) && error instanceof AxiosError,
  isCancel: axios.isCancel(error) && error instanceof CanceledError,
  code: error.code,
  message: error.message,
  status: error.response?.status,
  data: error.response?.data,
  hasRequest: error.request instanceof XMLHttpRequest,
  // It is the caller's: not what went out.
  authorization: error.config?.headers?.get?.("authorization"),
});

globalThis.app = {
  version: VERSION,
  axios,
  axiosAdapter,
  /** Signs in and gives axios with the adapter. */
  async start(options, config, base) {
    const auth = await createAuth(options);
    if (options.endpoints.login) await auth.login({});
    app.auth = auth;
    app.api = axios.create({ adapter: axiosAdapter(auth, base), ...config });
  },
  /** Gives what the call rejects with. */
  refused: (call) => call.then(() => "resolved", told),
};
