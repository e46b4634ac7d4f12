//! wasm-bindgen's JavaScript, less what is there for speed and for browsers of long ago.
//!
//! Few and short texts pass between the module and its JavaScript: they need no caches.

use anyhow::{Context, Result, ensure};

/// What is cut out, from its beginning to its end, and what stands in its place.
const CUTS: &[(&str, &str, &str)] = &[
    (
        "let cachedDataViewMemory0 = null;",
        "\nfunction getStringFromWasm0",
        MEMORY,
    ),
    (
        "let cachedUint8ArrayMemory0 = null;",
        "\nfunction getObject",
        "",
    ),
    (
        "function passStringToWasm0(",
        "\nfunction takeObject",
        PASSED,
    ),
    ("let cachedTextDecoder = ", "let WASM_VECTOR_LEN", DECODED),
    // The one closure is freed by the module itself.
    ("const CLOSURE_DTORS = ", "\nfunction dropObject", ""),
];

const MEMORY: &str = "\
function getDataViewMemory0() {
    return new DataView(wasm.memory.buffer);
}
function getUint8ArrayMemory0() {
    return new Uint8Array(wasm.memory.buffer);
}
";

const PASSED: &str = "\
function passStringToWasm0(text, malloc) {
    const bytes = new TextEncoder().encode(text);
    const start = malloc(bytes.length, 1) >>> 0;
    getUint8ArrayMemory0().set(bytes, start);
    WASM_VECTOR_LEN = bytes.length;
    return start;
}
";

/// A decoder of its own for each text: Safari's fail after two gigabytes.
const DECODED: &str = "\
function decodeText(bytes) {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
";

/// What is left of the above elsewhere.
const REST: &[(&str, &str)] = &[
    (", wasm.__wbindgen_realloc)", ")"),
    ("cachedDataViewMemory0 = null;", ""),
    ("cachedUint8ArrayMemory0 = null;", ""),
    ("CLOSURE_DTORS.unregister(state);", ""),
    ("CLOSURE_DTORS.register(real, state, state);", ""),
];

pub(crate) fn trim(js: &str) -> Result<String> {
    let mut js = js.to_owned();
    for (begin, end, with) in CUTS.iter().rev() {
        let (before, rest) = js
            .split_once(begin)
            .with_context(|| format!("the glue has no `{begin}`"))?;
        let (_, after) = rest
            .split_once(end)
            .with_context(|| format!("the glue has no `{end}` after `{begin}`"))?;
        js = format!("{before}{with}{end}{after}");
    }
    for (text, with) in REST {
        ensure!(js.contains(text), "the glue has no `{text}`");
        js = js.replace(text, with);
    }
    Ok(js)
}
