//! Starts the reference backend.
fn main() {}
