//! The module as text, for the entry that carries it inlined: docs/decisions/0013.
//!
//! What is alike stands together: the instructions in one text, the locals that they name in another, and so
//! on, which compresses better than the module itself. `xtask/unpack` puts it together again.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hallpass_unpack::{kinds, texts};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use wasmparser::{BinaryReader, FunctionBody, Parser, Payload};

use crate::optimize::Unpacker;
use crate::text;

/// Of the function bodies.
#[derive(Default)]
struct Streams {
    /// The first byte of each instruction, and of those of two bytes the second, with the kind of what follows.
    instructions: Vec<Instruction>,
    /// By their places.
    texts: [Vec<u32>; texts::COUNT],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Instruction {
    byte: u32,
    kind: usize,
}

/// A JavaScript module whose export gives the bytes of the module.
pub(crate) fn inline(wasm: &[u8], unpacker: &Unpacker) -> Result<String> {
    let Unpacker { module, js } = unpacker;
    let texts = written(wasm)?.join("\",\"");
    let module = BASE64.encode(module);
    Ok(format!(
        "{js}export default()=>unpack([\"{module}\",[\"{texts}\"]]);\n"
    ))
}

fn written(wasm: &[u8]) -> Result<Vec<String>> {
    let mut streams = Streams::default();
    let mut code = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::CodeSectionStart { range, .. } => code = Some(range),
            Payload::CodeSectionEntry(body) => streams.add(&body)?,
            _ => {}
        }
    }
    let range = code.context("the module has no code")?;
    let mut reader = BinaryReader::new(wasm.get(range.clone()).unwrap_or_default(), range.start);
    reader.read_var_u32()?; // how many functions there are
    let before = wasm.get(..reader.original_position()).unwrap_or_default();
    let after = wasm.get(range.end..).unwrap_or_default();

    let known = known(&streams.instructions);
    let places: BTreeMap<Instruction, u32> = known.iter().copied().zip(0..).collect();
    let used = streams.instructions.iter();
    let used = used.filter_map(|instruction| places.get(instruction).copied());
    *streams.text(texts::CODE) = used.collect();
    let pair = |Instruction { byte, kind }: Instruction| Ok([byte, u8::try_from(kind)?.into()]);
    let pairs: Result<Vec<[u32; 2]>> = known.into_iter().map(pair).collect();
    *streams.text(texts::INSTRUCTIONS) = pairs?.concat();
    streams
        .text(texts::BEFORE)
        .extend(before.iter().copied().map(u32::from));

    let last = text::bytes(after)?;
    let lists = streams.texts.into_iter().enumerate();
    let text = |(place, numbers)| {
        if place == texts::AFTER {
            Ok(last.clone())
        } else {
            text::numbers(numbers)
        }
    };
    let written: Result<Vec<String>> = lists.map(text).collect();
    written
}

/// The instructions that occur: first as many as one character can name, which are the common ones.
fn known(instructions: &[Instruction]) -> Vec<Instruction> {
    let mut occurrences: BTreeMap<Instruction, usize> = BTreeMap::new();
    for instruction in instructions {
        *occurrences.entry(*instruction).or_default() += 1;
    }
    let mut known: Vec<Instruction> = occurrences.keys().copied().collect();
    known.sort_by_key(|instruction| Reverse(occurrences.get(instruction).copied()));
    let short = known.len().min(text::SHORT);
    let (common, others) = known.split_at_mut(short);
    common.sort_unstable();
    others.sort_unstable();
    known
}

impl Streams {
    fn text(&mut self, place: usize) -> &mut Vec<u32> {
        #[allow(clippy::indexing_slicing, reason = "a place in a list of that length")]
        &mut self.texts[place]
    }

    fn add(&mut self, body: &FunctionBody) -> Result<()> {
        let mut reader = body.get_binary_reader();
        let declarations = reader.read_var_u32()?;
        let mut put = |number: u32| self.text(texts::DECLARATIONS).extend(leb128(number));
        put(declarations);
        for _ in 0..declarations {
            put(reader.read_var_u32()?);
            let kind = reader.read_u8()?;
            // Numeric types and references, which are counted down from here.
            ensure!(
                (0x60..0x80).contains(&kind),
                "a local of a type that is new"
            );
            put(u32::from(0x7f - kind));
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let mut reader = operators.get_binary_reader();
            operators.read()?;
            let end = operators.original_position();
            let length = end - reader.original_position();
            let bytes = reader.read_bytes(length)?;
            let (&byte, rest) = bytes.split_first().context("an empty instruction")?;
            let kind = self
                .add_operands(byte, rest)
                .with_context(|| format!("instruction {byte:#04x}"))?;
            let byte = byte.into();
            self.instructions.push(Instruction { byte, kind });
        }
        Ok(())
    }

    /// What follows the first byte of an instruction. Gives its kind.
    fn add_operands(&mut self, byte: u8, rest: &[u8]) -> Result<usize> {
        let mut reader = BinaryReader::new(rest, 0);
        let mut one = |place| anyhow::Ok((place, reader.read_var_u32()?));
        let (place, number) = match byte {
            0x20 => one(texts::READ)?,
            0x21 | 0x22 => one(texts::WRITTEN)?,
            0x10 => one(texts::CALLS)?,
            0x0c | 0x0d => one(texts::BRANCHES)?,
            0x28..=0x3e => {
                let (&align, rest) = rest.split_first().context("no alignment")?;
                ensure!(align == 0, "it is aligned");
                (texts::OFFSETS, BinaryReader::new(rest, 0).read_var_u32()?)
            }
            0x41 => (texts::CONSTANTS, reader.read_var_i32()?.cast_unsigned()),
            _ => return self.add_others(byte, rest),
        };
        self.text(place).push(number);
        Ok(place)
    }

    fn add_others(&mut self, byte: u8, rest: &[u8]) -> Result<usize> {
        let kind = match byte {
            0x0b => kinds::END,
            0x02..=0x04 => {
                let &[of] = rest else {
                    bail!("a block with parameters");
                };
                self.text(texts::BLOCKS).push(u32::from(of) ^ 0x40);
                return Ok(kinds::BLOCK);
            }
            0x00..=0x1b | 0x45..=0xc4 | 0xd1 if rest.is_empty() => 0,
            // A table of branches, an indirect call, globals, tables, the memory's size, a long constant, a float, the null reference, those of
            // two bytes.
            0x0e | 0x11 | 0x23..=0x26 | 0x3f | 0x40 | 0x42 | 0x44 | 0xd0 | 0xfc => {
                kinds::BYTES + rest.len()
            }
            _ => bail!("is not known"),
        };
        let bytes = rest.iter().copied().map(u32::from);
        self.text(texts::OTHERS).extend(bytes);
        Ok(kind)
    }
}

fn leb128(mut number: u32) -> Vec<u32> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number & 0x7f | 0x80);
        number >>= 7;
    }
    bytes.push(number);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one function of this body.
    fn module(body: &[u8]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
        let length = u8::try_from(body.len()).unwrap_or_default();
        wasm.extend([length + 2, 1, length]);
        wasm.extend(body);
        wasm
    }

    fn unpacked(texts: &[String]) -> Vec<u8> {
        let text = texts.join("\n") + "\n";
        // SAFETY: the texts are of this build, and there is one test that unpacks.
        #[allow(unsafe_code, reason = "as JavaScript does it")]
        unsafe {
            let room = hallpass_unpack::room();
            room.copy_from_nonoverlapping(text.as_ptr(), text.len());
            let start = room.add(hallpass_unpack::ROOM).cast_const();
            let length = hallpass_unpack::unpack().offset_from_unsigned(start);
            std::slice::from_raw_parts(start, length).to_vec()
        }
    }

    #[test]
    fn what_is_written_unpacks_to_the_module() {
        let bodies: [&[u8]; 9] = [
            &[0, 0x0b],
            // Two kinds of locals, one of them 300 times.
            &[2, 1, 0x7f, 0xac, 0x02, 0x7e, 0x20, 1, 0x21, 0, 0x0b],
            // Blocks in blocks, a table of branches.
            &[
                0, 0x02, 0x40, 0x03, 0x40, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x0b, 0x0b,
            ],
            // Constants: small, negative, the least, long ones.
            &[
                0, 0x41, 63, 0x1a, 0x41, 0x40, 0x1a, 0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x1a, 0x0b,
            ],
            &[
                0, 0x42, 0xe8, 0x07, 0x1a, 0x42, 0x7f, 0x1a, 0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 1,
                0x1a, 0x0b,
            ],
            // A float.
            &[0, 0x44, 0, 0, 0, 0, 0x80, 0x84, 0x2e, 0xc1, 0x1a, 0x0b],
            // Memory, far into it.
            &[0, 0x41, 0, 0x28, 0, 0x80, 0x80, 0x40, 0x1a, 0x0b],
            // An indirect call, a global, the null reference, the memory's size and copy.
            &[
                0, 0x41, 0, 0x11, 0, 0, 0x23, 0, 0x1a, 0xd0, 0x6f, 0x1a, 0x3f, 0, 0x1a, 0x0b,
            ],
            &[0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, 0, 0, 0x0b],
        ];
        for body in bodies {
            let wasm = module(body);
            let texts = written(&wasm).unwrap_or_default();
            assert_eq!(unpacked(&texts), wasm, "{body:x?}");
        }
    }

    #[test]
    fn an_instruction_that_is_not_known_is_refused() {
        // A vector of zeros.
        let mut body = vec![0, 0xfd, 12];
        body.extend([0; 16]);
        body.extend([0x1a, 0x0b]);
        assert!(written(&module(&body)).is_err());
    }
}
