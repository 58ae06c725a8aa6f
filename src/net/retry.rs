//! When to try again. Pure; when to give up is the caller's.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
/// The longest pause, and the longest that a service may ask for.
pub const LONGEST: Duration = Duration::from_secs(3_600);

/// The pause after `tries` failed tries: 5 s, doubled each time up to an hour, ±20 % so that many do not come back at
/// once; never shorter than what the service asked for. `seed` is a number of the notice's own.
pub fn next_try(tries: u32, asked: Option<Duration>, seed: u64) -> Duration {
    let doublings = tries.saturating_sub(1).min(16);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    // In tenths of a percent, so that it stays whole numbers: 800 to 1200.
    let share = 800 + scattered(seed ^ u64::from(tries)) % 401;
    let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX).saturating_mul(share) / 1_000;
    Duration::from_millis(millis).max(asked.unwrap_or_default())
}

/// Spreads neighbouring numbers over all of them (the finalizer of splitmix64, Steele et al. 2014).
fn scattered(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pauses_double_to_an_hour_within_a_fifth(tries: u32, seed: u64) {
            let pause = next_try(tries, None, seed).as_secs_f64();
            let plain = 5.0 * 2_f64.powi(i32::try_from(tries.saturating_sub(1).min(16)).unwrap());
            let plain = plain.min(3_600.0);
            prop_assert!((plain * 0.799..=plain * 1.201).contains(&pause), "{} of {}", pause, plain);
        }

        #[test]
        fn the_service_has_the_last_word_on_the_least_pause(tries in 0_u32..20, asked in 0_u64..4_000, seed: u64) {
            let asked = Duration::from_secs(asked);
            prop_assert_eq!(next_try(tries, Some(asked), seed), next_try(tries, None, seed).max(asked));
        }
    }

    #[test]
    fn notices_of_one_moment_do_not_come_back_in_one_moment() {
        let pauses: std::collections::HashSet<_> = (0..50).map(|seed| next_try(3, None, seed)).collect();
        assert!(pauses.len() > 40, "{pauses:?}");
    }
}
