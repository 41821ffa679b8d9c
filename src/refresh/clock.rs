//! Days and times as people and programs read them.

/// The day of a moment in seconds since 1970, YYYY-MM-DD, in UTC.
#[must_use]
pub fn day(at: i64) -> String {
    // Howard Hinnant's days to civil date: years begin in March, so that a leap day is a year's last.
    let days = at.div_euclid(86_400) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * march + 2) / 5 + 1, if march < 10 { march + 3 } else { march - 9 });
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

/// A moment to the second, as RFC 3339 writes it.
#[must_use]
pub fn moment(at: i64) -> String {
    let of_day = at.rem_euclid(86_400);
    format!("{}T{:02}:{:02}:{:02}Z", day(at), of_day / 3600, of_day / 60 % 60, of_day % 60)
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
