//! Pages that stand in place of the text: errors, logins, cookie notices, doubts.

use super::CleanError;
use crate::corpus::{OriginalText, sentences};

/// A page with more words than this is not refused: it may be a text on such things.
const FEW_WORDS: usize = 150;
/// No notice is longer than this.
const MANY_WORDS: usize = 1_000;

/// Titles of error pages begin or end with these.
const ERRORS: [&str; 16] = [
    "404",
    "403",
    "error 404",
    "404 error",
    "500",
    "502",
    "503",
    "page not found",
    "not found",
    "page cannot be found",
    "access denied",
    "forbidden",
    "service unavailable",
    "internal server error",
    "bad gateway",
    "something went wrong",
];
const ROBOTS: [&str; 8] = [
    "just a moment",
    "attention required",
    "are you a robot",
    "are you human",
    "verify you are human",
    "verify that you are human",
    "unusual traffic",
    "complete the captcha",
];
const COOKIES: [&str; 8] = [
    "accept all cookies",
    "accept cookies",
    "we use cookies",
    "uses cookies",
    "cookie preferences",
    "cookie settings",
    "manage cookies",
    "your privacy choices",
];
const LOGINS: [&str; 9] = [
    "log in to",
    "login to",
    "sign in to",
    "please log in",
    "please sign in",
    "you must be logged in",
    "members only",
    "subscribe to continue",
    "create an account to",
];

/// Refuses a page that is such a one; what a longer one may be is told. `has_password` where it has a field for one.
pub(super) fn check(text: &OriginalText, has_password: bool) -> Result<Option<CleanError>, CleanError> {
    let all = text.words();
    let login = has_password.then_some(CleanError::Login);
    match (wall(text, all), login) {
        (Some(wall), _) if all < FEW_WORDS => Err(wall),
        (_, Some(login)) if all < FEW_WORDS / 4 => Err(login),
        (wall, login) => Ok(wall.or(login)),
    }
}

/// What a page of so many words looks like.
///
/// A phrase alone says little, as a page may have a notice beside its text: what matters is whether such
/// sentences are a good part of all there is.
fn wall(text: &OriginalText, all: usize) -> Option<CleanError> {
    let title = text.title.to_lowercase();
    let is_title = |error: &&&str| {
        let rest = title.strip_prefix(**error).or_else(|| title.strip_suffix(**error));
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) && !rest.ends_with(char::is_alphanumeric))
            || title.split(['|', '-', '–', ':']).any(|piece| piece.trim() == **error)
    };
    if let Some(error) = ERRORS.iter().find(is_title) {
        return Some(CleanError::ErrorPage((*error).to_owned()));
    }
    if all > MANY_WORDS {
        return None;
    }
    let is_about = |phrases: &[&str]| {
        let holds = |text: &str| phrases.iter().any(|phrase| text.contains(phrase));
        let sentence_words = |of: &str| {
            let of = of.to_lowercase();
            let within = sentences(&of).into_iter().map(|range| &of[range]).filter(|sentence| holds(sentence));
            within.map(|sentence| sentence.split_whitespace().count()).sum::<usize>()
        };
        let about: usize =
            text.parts.iter().map(|part| sentence_words(&part.text) + sentence_words(&part.heading)).sum();
        holds(&title) || about * 4 > all
    };
    if is_about(&ROBOTS) {
        Some(CleanError::Robot)
    } else if is_about(&LOGINS) {
        Some(CleanError::Login)
    } else {
        is_about(&COOKIES).then_some(CleanError::CookieWall)
    }
}
