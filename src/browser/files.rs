//! The files of the shell that nothing in Rust calls: `shell.js` imports them. wasm-bindgen writes a file beside its JavaScript, at its own
//! path, if something is imported from it: here a type that nobody uses, of which nothing is left.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/answers.js")]
extern "C" {
    type Answers;
}

#[wasm_bindgen(module = "/src/browser/calls.js")]
extern "C" {
    type Calls;
}

#[wasm_bindgen(module = "/src/browser/channel.js")]
extern "C" {
    type Channel;
}

#[wasm_bindgen(module = "/src/browser/common.js")]
extern "C" {
    type Common;
}

#[wasm_bindgen(module = "/src/browser/csrf.js")]
extern "C" {
    type Csrf;
}

#[wasm_bindgen(module = "/src/browser/doubt.js")]
extern "C" {
    type Doubt;
}

#[wasm_bindgen(module = "/src/browser/fetching.js")]
extern "C" {
    type Fetching;
}

#[wasm_bindgen(module = "/src/browser/kinds.js")]
extern "C" {
    type Kinds;
}

#[wasm_bindgen(module = "/src/browser/listeners.js")]
extern "C" {
    type Listeners;
}

#[wasm_bindgen(module = "/src/browser/lock.js")]
extern "C" {
    type Lock;
}

#[wasm_bindgen(module = "/src/browser/login.js")]
extern "C" {
    type Login;
}

#[wasm_bindgen(module = "/src/browser/pass.js")]
extern "C" {
    type Pass;
}

#[wasm_bindgen(module = "/src/browser/plain.js")]
extern "C" {
    type Plain;
}

#[wasm_bindgen(module = "/src/browser/requests.js")]
extern "C" {
    type Requests;
}

#[wasm_bindgen(module = "/src/browser/site.js")]
extern "C" {
    type Site;
}

#[wasm_bindgen(module = "/src/browser/store.js")]
extern "C" {
    type Store;
}

#[wasm_bindgen(module = "/src/browser/time.js")]
extern "C" {
    type Time;
}
