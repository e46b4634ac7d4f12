//! What the programs below `xtask/` share: where things are, child processes, the weight of a file.

pub mod places;
pub mod run;
pub mod weight;

/// Where the package's function table is linked to begin: a number that nothing else in the module has, so that a function's
/// index can be told from other numbers.
pub const TABLE_BASE: i32 = 0x5A3C_6900;
