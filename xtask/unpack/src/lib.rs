//! Puts a WebAssembly module together out of the texts that `xtask/src/build/streams.rs` makes of it: docs/decisions/0013.
//!
//! It is WebAssembly itself, and each page waits for it: what JavaScript takes 9 ms for is done at once. It trusts what it reads,
//! which the build has unpacked and compared.

#![allow(
    unsafe_code,
    reason = "all it does is to move bytes about; each check would be carried to every visitor"
)]

use std::ptr;

/// Bytes that the texts may have together, and the module.
pub const ROOM: usize = 1 << 18;

/// The texts, by their places. The others are of operands that are one number each.
pub mod texts {
    /// For each instruction its byte and the kind of its operands: a text or one of [`kinds`](super::kinds).
    pub const INSTRUCTIONS: usize = 0;
    /// Places in that list.
    pub const CODE: usize = 1;
    /// Of locals.
    pub const DECLARATIONS: usize = 2;
    /// Operands of all other kinds, byte by byte.
    pub const OTHERS: usize = 3;
    /// Of memory. The alignment before each is that of a byte.
    pub const OFFSETS: usize = 4;
    /// Numbers of 32 bits with a sign.
    pub const CONSTANTS: usize = 5;
    /// What is before the bodies.
    pub const BEFORE: usize = 6;
    /// What is behind them, most of it text.
    pub const AFTER: usize = 7;
    /// Locals that are read.
    pub const READ: usize = 8;
    /// Locals that are written.
    pub const WRITTEN: usize = 9;
    /// Functions.
    pub const CALLS: usize = 10;
    /// Blocks that are left.
    pub const BRANCHES: usize = 11;
    /// What blocks are of. Nothing, the usual, is 0.
    pub const BLOCKS: usize = 12;
    /// How many there are.
    pub const COUNT: usize = 13;
}

/// Kinds of operands that are no text. 0: there is none.
pub mod kinds {
    /// None, and a block ends.
    pub const END: usize = 32;
    /// A block begins; a byte says of what type.
    pub const BLOCK: usize = 33;
    /// So many bytes as it is more than this.
    pub const BYTES: usize = 34;
}

static mut MEMORY: [u8; 2 * ROOM] = [0; 2 * ROOM];
static mut PLACES: [*const u8; texts::COUNT] = [ptr::null(); texts::COUNT];
static mut INSTRUCTIONS: [[u8; 2]; 256] = [[0; 2]; 256];
/// Where the next byte of the module goes.
static mut AT: *mut u8 = ptr::null_mut();

/// Where the texts have to stand, each with a newline behind it. The module will be [`ROOM`] behind that.
#[unsafe(no_mangle)]
pub extern "C" fn room() -> *mut u8 {
    (&raw mut MEMORY).cast()
}

/// Gives the end of the module.
///
/// # Safety
/// There have to be texts in [`room`], made by the build of hallpass, and this may run only once at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unpack() -> *const u8 {
    // SAFETY: as above; what the build has made fits in, and names no place that there is not.
    unsafe {
        let mut char = room().cast_const();
        AT = room().add(ROOM);
        for text in 0..texts::COUNT {
            *place(text) = char;
            while *char != b'\n' {
                char = char.add(1);
            }
            char = char.add(1);
        }
        let mut known = (&raw mut INSTRUCTIONS).cast::<u8>();
        while is_left(texts::INSTRUCTIONS) {
            *known = number(texts::INSTRUCTIONS) as u8;
            known = known.add(1);
        }
        while is_left(texts::BEFORE) {
            put(number(texts::BEFORE));
        }
        while is_left(texts::CODE) {
            body();
        }
        while is_left(texts::AFTER) {
            let char = next(texts::AFTER);
            put(if char < u32::from(b'z') {
                char
            } else {
                (char - u32::from(b'z')) * 60 + number(texts::AFTER)
            });
        }
        AT
    }
}

unsafe fn body() {
    // SAFETY: as for `unpack`.
    unsafe {
        let start = AT;
        for _ in 0..copy(texts::DECLARATIONS) {
            copy(texts::DECLARATIONS);
            put(0x7f - number(texts::DECLARATIONS));
        }
        let mut depth = 1;
        while depth != 0 {
            let known = number(texts::CODE) as usize;
            let [name, kind] = *(&raw const INSTRUCTIONS).cast::<[u8; 2]>().add(known);
            put(name.into());
            match kind.into() {
                0 => {}
                kinds::END => depth -= 1,
                kinds::BLOCK => {
                    depth += 1;
                    put(number(texts::BLOCKS) ^ 0x40);
                }
                kind if kind >= kinds::BYTES => {
                    for _ in kinds::BYTES..kind {
                        put(number(texts::OTHERS));
                    }
                }
                text => {
                    if text == texts::OFFSETS {
                        put(0);
                    }
                    let limit = if text == texts::CONSTANTS { 64 } else { 128 };
                    write(number(text).cast_signed(), limit);
                }
            }
        }
        // The length of the body goes before it.
        let end = AT;
        let length = end.offset_from_unsigned(start);
        write(length as i32, 128);
        let of_length = AT.offset_from_unsigned(end);
        let mut bytes = end.cast::<u32>().read_unaligned();
        ptr::copy(start, start.add(of_length), length);
        for index in 0..of_length {
            *start.add(index) = bytes as u8;
            bytes >>= 8;
        }
    }
}

unsafe fn place(text: usize) -> *mut *const u8 {
    // SAFETY: there are as many.
    unsafe { (&raw mut PLACES).cast::<*const u8>().add(text) }
}

unsafe fn is_left(text: usize) -> bool {
    // SAFETY: it is within the text or at the newline behind it.
    unsafe { **place(text) != b'\n' }
}

unsafe fn next(text: usize) -> u32 {
    // SAFETY: something is left.
    unsafe {
        let place = place(text);
        let char = **place;
        *place = (*place).add(1);
        char.into()
    }
}

/// As `text.rs` of the build writes it: the last digit is one of sixty, without `"`, `$`, `<` and `\`, those before are lowercase.
#[inline(never)]
unsafe fn number(text: usize) -> u32 {
    // SAFETY: a number is left.
    unsafe {
        let place = place(text);
        let mut at = *place;
        let mut value = 0_u32;
        loop {
            let char = u32::from(*at);
            at = at.add(1);
            if char <= 96 {
                *place = at;
                let left_out = |other: u8| u32::from(char > other.into());
                let before = left_out(b'"') + left_out(b'$') + left_out(b'<') + left_out(b'\\');
                return value.wrapping_mul(60).wrapping_add(char - 32 - before);
            }
            value = value.wrapping_mul(30).wrapping_add(char - 96);
        }
    }
}

#[inline(never)]
unsafe fn put(byte: u32) {
    // SAFETY: there is room.
    unsafe {
        *AT = byte as u8;
        AT = AT.add(1);
    }
}

/// As LEB128. `limit` is 64 if the number has a sign.
#[inline(never)]
unsafe fn write(mut value: i32, limit: i32) {
    // SAFETY: there is room.
    unsafe {
        while value < -64 || value >= limit {
            put(value as u32 | 128);
            value >>= 7;
        }
        put(value as u32 & 127);
    }
}

/// A number that is LEB128 in the text already. Gives its last byte.
#[inline(never)]
unsafe fn copy(text: usize) -> u32 {
    // SAFETY: a number is left, and there is room.
    unsafe {
        loop {
            let byte = number(text);
            put(byte);
            if byte < 128 {
                return byte;
            }
        }
    }
}
