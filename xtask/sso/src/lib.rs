//! `src/sso` as a module of its own, which the npm package loads with the option `sso`. Nothing of the engine is in it, and nothing of
//! JavaScript: texts go in and out through its memory. An instance answers once.

#![allow(
    unsafe_code,
    reason = "an allocator, and memory that is shared with JavaScript"
)]
#![allow(dead_code, unused_imports, reason = "it is there for Rust apps")]

#[path = "../../../src/sso/mod.rs"]
mod sso;

#[cfg(target_family = "wasm")]
mod bump;

/// Room for a text of so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut text = Vec::with_capacity(length);
    let start = text.as_mut_ptr();
    std::mem::forget(text);
    start
}

/// The answer to the call in `room`, with a zero behind it.
///
/// # Safety
/// There has to be UTF-8 of that length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(start: *const u8, length: usize) -> *const u8 {
    // SAFETY: as above.
    let lines = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(start, length)) };
    let mut answer = sso::call(lines);
    answer.push('\0');
    answer.leak().as_ptr()
}
