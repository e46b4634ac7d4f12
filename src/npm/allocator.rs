//! A small allocator for the npm package; Rust apps keep their own.
//!
//! It overwrites every block that it gets back: there may have been a password or a token in it. `realloc` is the
//! provided one, which takes a new block, copies, and gives the old one back.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{Ordering, compiler_fence};

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static ALLOCATOR: Wiping = Wiping(new_wasm_dynamic_allocator());

struct Wiping(WasmDynamicTalc);

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
// SAFETY: talc does all, but for the overwriting of a block that nobody uses any more.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's; the block is as large as its layout says.
        unsafe {
            block.write_bytes(0, layout.size());
            // Else the compiler might see that nobody reads it any more.
            compiler_fence(Ordering::SeqCst);
            self.0.dealloc(block, layout);
        }
    }
}
