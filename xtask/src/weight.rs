//! What a file costs those who load it.

use anyhow::Result;

/// A file, and what is left of it when a server sends it.
pub(crate) struct Weight {
    pub(crate) raw: usize,
    pub(crate) brotli: usize,
}

impl Weight {
    pub(crate) fn of(bytes: &[u8]) -> Result<Self> {
        let mut packed = Vec::new();
        let params = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            ..Default::default()
        };
        brotli::BrotliCompress(&mut &*bytes, &mut packed, &params)?;
        Ok(Self {
            raw: bytes.len(),
            brotli: packed.len(),
        })
    }
}
