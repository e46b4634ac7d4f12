//! The core natively. `cargo xtask bench --native` runs this and writes down what comes of it:
//!
//! - without more, criterion takes the time;
//! - `names` lists the benchmarks: the name of each, of how many calls it is, what it does;
//! - `once NAME` does one of them once, for callgrind to count the instructions of `measured`.

mod cases;
mod page;

use anyhow::{Context, Result};
use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, measurement::WallTime};
use std::hint::black_box;
use std::time::Duration;

use cases::{Case, Kind, cases};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("names") => names(),
        Some("once") => once(&arguments.next().context("name a benchmark")?)?,
        _ => time()?,
    }
    Ok(())
}

fn names() {
    for case in cases() {
        println!("{}\t{}\t{}", case.name, case.calls, case.what);
    }
}

fn once(name: &str) -> Result<()> {
    let case = cases().into_iter().find(|case| case.name == name);
    let case = case.context("there is no such benchmark")?;
    case.make()?.once(measured)
}

/// By its name, callgrind knows where to begin and where to end.
#[inline(never)]
fn measured(routine: &mut dyn FnMut() -> usize) -> usize {
    black_box(routine())
}

fn time() -> Result<()> {
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut group = criterion.benchmark_group("native");
    for case in cases() {
        time_one(&mut group, &case)?;
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn time_one(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case) -> Result<()> {
    let mut made = case.make().with_context(|| case.name.clone())?;
    made.once(measured).with_context(|| case.name.clone())?;
    // What takes long is not done a hundred times, and then more each time.
    let is_long = case.calls >= 1_000;
    group.sample_size(if is_long { 20 } else { 100 });
    group.sampling_mode(if is_long {
        SamplingMode::Flat
    } else {
        SamplingMode::Auto
    });
    group.bench_function(&case.name, |bencher| match &mut made.kind {
        Kind::Again(routine) => bencher.iter(routine),
        Kind::Fresh(page, routine) => bencher.iter_batched_ref(
            || page.clone(),
            |page| routine(page),
            if is_long {
                BatchSize::PerIteration
            } else {
                BatchSize::SmallInput
            },
        ),
    });
    Ok(())
}
