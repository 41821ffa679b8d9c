//! Days and times as people and programs read them.

use time::OffsetDateTime;

/// The day of a moment in seconds since 1970, YYYY-MM-DD, in UTC.
#[must_use]
pub fn day(at: i64) -> String {
    utc(at).date().to_string()
}

/// A moment to the second, as RFC 3339 writes it.
#[must_use]
pub fn moment(at: i64) -> String {
    let at = utc(at);
    format!("{}T{:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second())
}

/// No clock of ours shows a year beyond 9999; where a database says so, it says nothing.
fn utc(at: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        for (at, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_669_391, "2026-11-26T05:03:11Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(moment(at), written);
        }
    }
}
