/**
 * `hallpass/axios`: axios with what `authFetch` does for a call.
 *
 * @module hallpass/axios
 */
import type { AxiosAdapter, AxiosRequestConfig } from "axios";
import type { AuthClient } from "./index.js";

/**
 * An axios adapter that adds the credential for listed origins, shares the one refresh, and sends once more after a 401.
 * `timeout` covers all of it. If auth is the reason of a failure, it rejects with an `AuthError`.
 *
 * It sends by the adapter that axios itself would take: XHR in browsers. Only with your own `header.name`
 * it takes axios' fetch adapter, without `onUploadProgress`, because XHR cannot refuse a redirect.
 * The rule `isSignedOut` gets `status`, `headers`, `url` and `clone()` of the answer.
 *
 * @example
 * const api = axios.create({ adapter: axiosAdapter(auth) });
 */
export declare function axiosAdapter(
  auth: Pick<AuthClient, "authFetch">,
  adapter?: NonNullable<AxiosRequestConfig["adapter"]>,
): AxiosAdapter;
