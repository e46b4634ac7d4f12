/**
 * `hallpass/slim`: the same client; the app says where the WebAssembly is.
 * The file is `hallpass/hallpass.wasm`.
 *
 * @module hallpass/slim
 */
import type {
  AuthClient, AuthOptions, BackendSsoClient, BackendSsoOptions, HybridOptions, JwtOptions, RegisteredUser, SessionOptions, SsoClient, SsoOptions, SsoProviders,
} from "./index.js";

export * from "./index.js";

/** Where the WebAssembly is: a URL, a response (or its promise), its bytes, or a compiled module. */
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
 * If it is served as `application/wasm`, it compiles while it downloads; with another type, after the download.
 *
 * @throws {AuthError} `unsupported`: no WebAssembly here, or the page's policy forbids it; or the file is a page, is damaged,
 * is of another release, or is answered by a status such as 404. The message names the URL and the fix.
 * `network_error`, `server_error`: as for any request; both may be tried again. If `source` is a promise and rejects, `load` rejects likewise.
 */
export declare function load(source: WasmSource): Promise<void>;

/** As `createAuth` of `hallpass`. Call `load` first, else it throws `AuthError("unsupported")`. */
export declare function createAuth<User = RegisteredUser>(options: JwtOptions & { sso: SsoOptions | SsoProviders }): Promise<SsoClient<User>>;
export declare function createAuth<User = RegisteredUser>(options: (SessionOptions | HybridOptions) & { sso: BackendSsoOptions }): Promise<BackendSsoClient<User>>;
export declare function createAuth<User = RegisteredUser>(options: AuthOptions): Promise<AuthClient<User>>;
