//! What to do about what went wrong, as commands.

use crate::refresh::{Hint, RefreshError};

/// Why something is not as it should be, and which command does something about it.
pub(super) fn told(why: &str, hint: Option<&Hint>) -> String {
    let what_to_do = match hint {
        None => return why.to_owned(),
        Some(Hint::Accept { source, text }) => format!(
            "look at the page, then `sacrum corpus refresh {source} --accept={text}` if it is right, --refuse={text} if \
             not"
        ),
        Some(Hint::Refresh(source)) => format!("`sacrum corpus refresh {source}` downloads it again"),
        Some(Hint::RefreshAll) => "`sacrum corpus refresh` makes a new one".to_owned(),
        Some(Hint::Status) => "`sacrum corpus status` lists them".to_owned(),
        Some(Hint::History) => "`sacrum corpus history` lists those that are kept".to_owned(),
        Some(Hint::Gaps) => "`sacrum corpus gaps` lists what was".to_owned(),
    };
    format!("{why}; {what_to_do}")
}

/// The same of an error.
pub(in crate::cli) fn failed(error: &RefreshError) -> String {
    told(&error.to_string(), error.hint().as_ref())
}

/// Tells the hint of a source in its reason, where it has one.
pub(super) fn tell(reason: &mut Option<String>, hint: &mut Option<Hint>) {
    if let (Some(why), Some(hint)) = (reason.as_deref(), hint.take()) {
        *reason = Some(told(why, Some(&hint)));
    }
}
