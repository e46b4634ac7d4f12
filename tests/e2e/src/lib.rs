//! Harness of the browser tests.
