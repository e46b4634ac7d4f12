//! Fuzzed bytes as steps of a few letters each, so that a seed can be written by hand and a step cut out or moved.

/// Steps of `N` bytes; the first says what it is. What is left over at the end is no step.
pub struct Steps<'a, const N: usize>(&'a [u8]);

impl<'a, const N: usize> Steps<'a, N> {
    /// The steps in `bytes`, up to `most`.
    #[must_use]
    pub fn new(bytes: &'a [u8], most: usize) -> Self {
        let end = bytes.len().min(most * N);
        Self(&bytes[..end])
    }
}

impl<const N: usize> Iterator for Steps<'_, N> {
    type Item = [u8; N];

    fn next(&mut self) -> Option<[u8; N]> {
        let (step, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*step)
    }
}
