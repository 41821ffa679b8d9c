//! An order to change something.

use super::Progress;

/// Who gives it, what is told how far it is, and whether it is only tried.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// Who the audit log says it was.
    pub who: &'a str,
    /// Is told how far it is.
    pub tell: &'a (dyn Fn(Progress<'_>) + Sync),
    /// Find out what would come of it, and change nothing.
    pub dry_run: bool,
}

impl<'a> Order<'a> {
    /// One to be carried out, that tells nobody how far it is.
    #[must_use]
    pub fn of(who: &'a str) -> Self {
        Self { who, tell: &|_| (), dry_run: false }
    }

    pub(super) fn tell(&self, at: Progress<'_>) {
        (self.tell)(at);
    }
}
