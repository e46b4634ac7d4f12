/** `hallpass/axios`: axios with what `authFetch` does for a call. */
import type { AxiosAdapter, AxiosRequestConfig } from "axios";
import type { AuthClient } from "./index.js";

/**
 * An axios adapter that adds the credential for listed origins, shares the one refresh, and sends once more after a 401.
 * `timeout` counts for the whole of it. Where auth is the reason, it rejects with an `AuthError`.
 *
 * The body and the rest go by `adapter`, which is what axios itself would take: XHR in browsers. Only where `header.name`
 * is one of your own it is axios' fetch adapter, without `onUploadProgress`: XHR cannot refuse a redirect.
 * The rule `isSignedOut` gets `status`, `headers`, `url` and `clone()` of the answer.
 *
 * @example
 * const api = axios.create({ adapter: axiosAdapter(auth) });
 */
export declare function axiosAdapter(
  auth: Pick<AuthClient, "authFetch">,
  adapter?: NonNullable<AxiosRequestConfig["adapter"]>,
): AxiosAdapter;
