//! The bindings of `loaded.js`, and the files of the npm package that it loads.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::browser::shell::Shell;

#[wasm_bindgen(module = "/src/client/loaded.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = makeError)]
    pub(super) static MAKE_ERROR: JsValue;

    #[wasm_bindgen(js_name = partsOf)]
    pub(super) fn parts_of(error: &JsValue) -> Option<Array>;

    pub(super) fn load(options: &JsValue, is_translated: bool, names_headers: bool) -> Promise;

    pub(super) fn begin(shell: &Shell, options: &JsValue) -> Promise;

    pub(super) fn login(
        shell: &Shell,
        options: &JsValue,
        given: &JsValue,
        is_form: bool,
        endpoint: &JsValue,
        signal: &JsValue,
    ) -> Promise;
}

// Nothing in Rust calls these: see the end of `src/browser/shell.rs`.

#[wasm_bindgen(module = "/pkg/src/bounded.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type BoundedFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts/answer.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsAnswerFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts/contract.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsContractFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts/csrf.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsCsrfFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts/hooks.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsHooksFile;
}

#[wasm_bindgen(module = "/pkg/src/contracts/request.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ContractsRequestFile;
}

#[wasm_bindgen(module = "/pkg/src/credentials.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type CredentialsFile;
}

#[wasm_bindgen(module = "/pkg/src/error.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ErrorFile;
}

#[wasm_bindgen(module = "/pkg/src/faults.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type FaultsFile;
}

#[wasm_bindgen(module = "/pkg/src/headers.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type HeadersFile;
}

#[wasm_bindgen(module = "/pkg/src/lazy.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type LazyFile;
}

#[wasm_bindgen(module = "/pkg/src/made.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type MadeFile;
}

#[wasm_bindgen(module = "/pkg/src/options.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type OptionsFile;
}

#[wasm_bindgen(module = "/pkg/src/store.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type StoreFile;
}

#[wasm_bindgen(module = "/pkg/src/verify.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/algorithms.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyAlgorithmsFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/base64url.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyBase64urlFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/claims.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyClaimsFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/jws.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyJwsFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/keys.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyKeysFile;
}

#[wasm_bindgen(module = "/pkg/src/verify/options.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type VerifyOptionsFile;
}

#[wasm_bindgen(module = "/pkg/src/wait.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type WaitFile;
}

#[wasm_bindgen(module = "/pkg/src/wrong-path.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type WrongPathFile;
}

#[wasm_bindgen(module = "/pkg/src/words.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type WordsFile;
}
