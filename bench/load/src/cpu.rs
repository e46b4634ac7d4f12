//! Processor time of processes, as Linux counts it.

use std::fs;

use anyhow::{Context as _, Result};

/// `USER_HZ`, which is 100 on every Linux that there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds that these processes have used up to now.
pub(crate) fn seconds(processes: &[u32]) -> Result<f64> {
    let mut ticks = 0;
    for id in processes {
        let file = format!("/proc/{id}/stat");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
        ticks += ticks_of(&text).with_context(|| format!("{file} is not as it should be"))?;
    }
    Ok(ticks as f64 / TICKS_PER_SECOND)
}

/// `utime` and `stime` of proc(5): the fields 14 and 15. The second one, the name, may hold blanks and parentheses.
fn ticks_of(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut times = rest.split(' ').skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_behind_the_name_whatever_it_is() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 6 7 20 0 1 0 99";
        assert_eq!(ticks_of(stat), Some(300));
        assert_eq!(ticks_of("7"), None);
    }

    #[test]
    fn this_process_has_used_some() {
        assert!(seconds(&[std::process::id()]).is_ok());
        assert!(seconds(&[u32::MAX]).is_err());
    }
}
