//! A small allocator for the npm package; Rust apps keep their own.
//!
//! It overwrites every block that it gets back: there may have been a password or a token in it. `realloc` is the
//! provided one, which takes a new block, copies, and gives the old one back.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::sync::atomic::{Ordering, compiler_fence};

use super::blocks::Blocks;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping(UnsafeCell::new(Blocks::new()));

struct Wiping(UnsafeCell<Blocks>);

#[allow(unsafe_code, reason = "the module has one thread")]
// SAFETY: nobody else is there.
unsafe impl Sync for Wiping {}

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
// SAFETY: `Blocks` does all, but for the overwriting of a block that nobody uses any more. Nothing in it allocates, so it is not
// borrowed twice.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*self.0.get()).take(layout, more) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's; the block is as large as its layout says.
        unsafe {
            block.write_bytes(0, layout.size());
            // Else the compiler might see that nobody reads it any more.
            compiler_fence(Ordering::SeqCst);
            (*self.0.get()).give_back(block, layout);
        }
    }
}

/// What a page of WebAssembly's memory has.
const PAGE: usize = 1 << 16;

/// Memory of its own behind all that there is: so many bytes, or some more. Gives its beginning and its length.
fn more(bytes: usize) -> Option<(*mut u8, usize)> {
    let pages = bytes.div_ceil(PAGE);
    let before = core::arch::wasm32::memory_grow::<0>(pages);
    (before != usize::MAX).then(|| ((before * PAGE) as *mut u8, pages * PAGE))
}
