/**
 * `hallpass/slim`: the same client, with the WebAssembly taken from where the app says.
 * The file is `hallpass/hallpass.wasm`.
 */
import type { AuthClient, AuthOptions, AuthUser } from "./index.js";

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

/** Loads the WebAssembly once; later calls return the same promise. A failed load may be tried again. */
export declare function load(source: WasmSource): Promise<void>;

/** As `createAuth` of `hallpass`; needs `load` to have been called, else `AuthError("unsupported")`. */
export declare function createAuth<User = AuthUser>(options: AuthOptions): Promise<AuthClient<User>>;
