//! A text that cannot be printed by accident (SDK-19).

use std::fmt;
use std::sync::Arc;

/// A secret text.
#[derive(Clone)]
pub(crate) struct Secret(Arc<str>);

impl Secret {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SDK-19
    #[test]
    fn a_secret_is_not_printed() {
        let secret = Some(Secret::new("hidden"));
        assert!(!format!("{secret:?}{secret:#?}").contains("hidden"));
    }
}
