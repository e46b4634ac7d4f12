//! The reference backend of hallpass.
