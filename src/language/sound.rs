//! How a word sounds to somebody who has only heard it, roughly: for mishearings.

/// Letters for sounds: one consonant for those that are heard alike, `a` for any run of vowels.
///
/// It is coarser than the usual codes (Metaphone and its kin), which keep the first letter and drop the
/// vowels: a heard Latin word is often wrong in the first letter, and right in where its vowels are.
pub(crate) fn sound(folded: &str) -> String {
    let mut letters: Vec<char> = folded.chars().filter(|c| c.is_alphabetic()).collect();
    silence(&mut letters);
    let mut heard = String::with_capacity(letters.len());
    let mut at = match letters.as_slice() {
        ['p', 's' | 't' | 'n', ..] | ['k', 'n', ..] | ['w', 'r', ..] => 1,
        _ => 0,
    };
    while let Some(&letter) = letters.get(at) {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let (sounds, taken) = match (letter, next) {
            ('p', 'h') => ("f", 2),
            ('c', 'k' | 'h') | ('q', 'u') | ('k', 'h') => ("k", 2),
            ('s', 'c') if matches!(letters.get(at + 2), Some('e' | 'i' | 'y')) => ("s", 2),
            ('s', 'h') => ("s", 2),
            ('w' | 'y', _) | ('a' | 'e' | 'i' | 'o' | 'u', _) => ("a", 1),
            ('c', 'e' | 'i' | 'y') | ('s' | 'z', _) => ("s", 1),
            ('c' | 'k' | 'q', _) => ("k", 1),
            ('x', _) => ("ks", 1),
            ('h', _) => ("", 1),
            ('d', 't') => ("t", 2),
            _ => ("", 0),
        };
        for sound in sounds.chars() {
            if !heard.ends_with(sound) {
                heard.push(sound);
            }
        }
        if taken == 0 && !heard.ends_with(letter) {
            heard.push(letter);
        }
        at += taken.max(1);
    }
    heard
}

/// Takes the silent `e` off the end: "oblique", "obliques".
fn silence(letters: &mut Vec<char>) {
    let silent = match letters.as_slice() {
        [.., before, 'e'] if !"aio".contains(*before) => letters.len() - 1,
        [.., before, 'e', 's'] if !"aio".contains(*before) => letters.len() - 2,
        _ => return,
    };
    if silent > 2 {
        letters.remove(silent);
    }
}

#[cfg(test)]
mod tests {
    use super::sound;

    #[test]
    fn what_is_heard_alike_has_one_form() {
        for (a, b) in [
            ("psoas", "soaz"),
            ("psoas", "sowas"),
            ("coccygeus", "cocksigeus"),
            ("iliacus", "eyelieakus"),
            ("quadratus", "kwadratus"),
            ("fasciae", "fashia"),
            ("obliques", "obleeks"),
        ] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
    }
}
