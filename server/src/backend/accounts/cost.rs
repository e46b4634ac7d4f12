//! How dear a guess is.

/// Cost of an argon2id hash (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over that memory, at least 1.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// What OWASP asks for argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

impl PasswordCost {
    /// As cheap as argon2id gets. For tests.
    pub const TESTS: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}
