//! Blocks of memory, each as large as a power of two, which is how they are found again: what was given back is handed out to the next
//! who needs one of its size. No block is ever parted or joined, so there is nothing to keep in order.

use std::alloc::Layout;
use std::ptr::null_mut;

/// The least block: of 16 bytes. All are aligned to as much, which is more than any type here wants.
const LEAST: u32 = 4;
const SIZES: usize = 32;

pub(super) struct Blocks {
    /// For each size the block that was given back last; its first bytes say which was before it.
    free: [*mut u8; SIZES],
    /// What has not been handed out yet.
    rest: *mut u8,
    left: usize,
}

#[allow(unsafe_code, reason = "what an allocator is for")]
impl Blocks {
    pub(super) const fn new() -> Blocks {
        Blocks {
            free: [null_mut(); SIZES],
            rest: null_mut(),
            left: 0,
        }
    }

    /// A block for this layout, or null. `more` gives memory that is aligned to 16 bytes and nobody else's: as many as it is asked for at least.
    pub(super) fn take(
        &mut self,
        layout: Layout,
        more: impl Fn(usize) -> Option<(*mut u8, usize)>,
    ) -> *mut u8 {
        let size = power_of(layout);
        let Some(free) = self.free.get_mut(size as usize) else {
            return null_mut();
        };
        let block = *free;
        if !block.is_null() {
            // SAFETY: a block that was given back, and begins with the one before.
            *free = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let bytes = 1 << size;
        if self.left < bytes {
            let Some((start, length)) = more(bytes) else {
                return null_mut();
            };
            if start != self.rest.wrapping_add(self.left) {
                (self.rest, self.left) = (start, 0);
            }
            self.left += length;
        }
        self.left -= bytes;
        let block = self.rest;
        self.rest = block.wrapping_add(bytes);
        block
    }

    /// # Safety
    /// It was taken for this layout, and nobody uses it any more.
    pub(super) unsafe fn give_back(&mut self, block: *mut u8, layout: Layout) {
        if let Some(free) = self.free.get_mut(power_of(layout) as usize) {
            // SAFETY: no block is smaller than a pointer.
            unsafe { block.cast::<*mut u8>().write(*free) };
            *free = block;
        }
    }
}

/// Its block has two to this power.
fn power_of(layout: Layout) -> u32 {
    (usize::BITS - (layout.size() - 1).leading_zeros()).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Memory as WebAssembly has it: it grows at its end, by whole pages, until there is no more.
    struct Memory {
        _words: Vec<u128>,
        start: *mut u8,
        length: usize,
        used: Cell<usize>,
    }

    const PAGE: usize = 1 << 16;

    impl Memory {
        fn of_pages(pages: usize) -> Memory {
            let mut words = vec![0; pages * PAGE / 16];
            Memory {
                start: words.as_mut_ptr().cast(),
                length: pages * PAGE,
                _words: words,
                used: Cell::new(0),
            }
        }

        fn more(&self, bytes: usize) -> Option<(*mut u8, usize)> {
            let length = bytes.next_multiple_of(PAGE);
            let start = self.used.replace(self.used.get() + length);
            (start + length <= self.length).then(|| (self.start.wrapping_add(start), length))
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap_or(Layout::new::<u64>())
    }

    fn give_back(blocks: &mut Blocks, block: *mut u8, layout: Layout) {
        // SAFETY: taken for this layout, and not used any more.
        #[allow(unsafe_code, reason = "as the allocator does it")]
        unsafe {
            blocks.give_back(block, layout);
        }
    }

    #[test]
    fn no_two_blocks_share_a_byte() {
        let memory = Memory::of_pages(64);
        let mut blocks = Blocks::new();
        let mut held: Vec<(usize, Layout)> = Vec::new();
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            if random.is_multiple_of(2) && !held.is_empty() {
                let (block, layout) = held.swap_remove(random as usize / 2 % held.len());
                give_back(&mut blocks, block as *mut u8, layout);
                continue;
            }
            let layout = layout(1 + (random >> 8) as usize % (1 << (random >> 3 & 0xf)));
            let block = blocks.take(layout, |bytes| memory.more(bytes)) as usize;
            if block == 0 {
                continue;
            }
            assert_eq!(block % 16, 0);
            let end = block + layout.size();
            let others = held.iter();
            let mut others = others.map(|(other, layout)| (*other, other + layout.size()));
            assert!(others.all(|(start, other)| end <= start || other <= block));
            held.push((block, layout));
        }
        assert!(held.len() > 10, "{}", held.len());
    }

    #[test]
    fn what_was_given_back_is_handed_out_again() {
        let memory = Memory::of_pages(1);
        let mut blocks = Blocks::new();
        let take = |blocks: &mut Blocks, size| blocks.take(layout(size), |b| memory.more(b));
        let first = take(&mut blocks, 33);
        let second = take(&mut blocks, 64);
        for block in [first, second] {
            give_back(&mut blocks, block, layout(64));
        }
        assert_eq!(take(&mut blocks, 40), second);
        assert_eq!(take(&mut blocks, 50), first);
        // Of another size.
        assert!(![first, second].contains(&take(&mut blocks, 32)));
    }

    #[test]
    fn memory_that_grows_at_its_end_is_used_to_the_last_byte() {
        let memory = Memory::of_pages(3);
        let mut blocks = Blocks::new();
        let mut take = |size| blocks.take(layout(size), |bytes| memory.more(bytes));
        let first = take(PAGE / 2);
        assert_eq!(take(2 * PAGE), first.wrapping_add(PAGE / 2));
        assert_eq!(take(PAGE / 2), first.wrapping_add(PAGE / 2 * 5));
        assert!(take(16).is_null());
    }
}
