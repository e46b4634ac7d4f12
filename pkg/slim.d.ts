/**
 * `hallpass/slim`: the same client, with the WebAssembly taken from where the app says.
 * The file is `hallpass/hallpass.wasm`.
 */
import type { AuthClient, AuthOptions, AuthUser, JwtOptions, SsoClient, SsoOptions, SsoProviders } from "./index.js";

export * from "./index.js";

/** Where the WebAssembly is: a URL, a response (or the promise of one), its bytes, or a compiled module. */
export type WasmSource =
  | string
  | URL
  | Response
  | Promise<Response>
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | WebAssembly.Module;

/**
 * Loads the WebAssembly once; later calls return the same promise. A failed load may be tried again.
 *
 * Served as `application/wasm` it is compiled while it arrives; with another type once it is there.
 *
 * @throws {AuthError} `unsupported`: no WebAssembly here, or the page's policy forbids it; or what came is a page, is damaged,
 * is of another release, or is answered by a status such as 404. The message names the URL and the cure.
 * `network_error`, `server_error`: as for any request; both may be tried again. A promise that `source` is rejects as it does.
 */
export declare function load(source: WasmSource): Promise<void>;

/** As `createAuth` of `hallpass`; needs `load` to have been called, else `AuthError("unsupported")`. */
export declare function createAuth<User = AuthUser>(options: JwtOptions & { sso: SsoOptions | SsoProviders }): Promise<SsoClient<User>>;
export declare function createAuth<User = AuthUser>(options: AuthOptions): Promise<AuthClient<User>>;
