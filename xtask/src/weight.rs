//! What a file costs those who load it.

use anyhow::{Context, Result};
use std::path::Path;

use crate::run::Cmd;

/// A file, and what is left of it when a server sends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// As it is.
    pub raw: usize,
    /// Compressed as well as brotli can.
    pub brotli: usize,
}

/// Node has brotli; a crate for it would have to be compiled by everybody who builds the package.
const SCRIPT: &str = "
const { brotliCompressSync, constants } = require('node:zlib');
const bytes = require('node:fs').readFileSync(process.argv[1]);
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
console.log(bytes.length, brotliCompressSync(bytes, { params }).length);";

impl Weight {
    /// # Errors
    /// If there is no such file, or no Node.
    pub fn of(file: &Path) -> Result<Self> {
        let told = Cmd::new("node")
            .args(["--eval", SCRIPT])
            .arg(file)
            .stdout()?;
        let (raw, brotli) = told
            .trim()
            .split_once(' ')
            .context("node tells no two numbers")?;
        Ok(Self {
            raw: raw.parse()?,
            brotli: brotli.parse()?,
        })
    }
}
