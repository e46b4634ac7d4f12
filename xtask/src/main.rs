//! The one place for everything a person runs.
fn main() {}
