//! `cargo xtask test`: everything that CI needs. What stands in which tier, and why, is in CONTRIBUTING.md.

use anyhow::Result;

use crate::plan::{self, Step};
use crate::programs;
use crate::project::Project;
use crate::setup::Engine;
use crate::tier::Tier;

/// The step after which no other has to ask cargo for a test program or the package.
const BUILD: &str = "build";
const COMPILE: &str = "compile";
const TOOLS: &str = "setup of tools";
const TESTS: &str = "setup of tests";

/// Whether all passed. What failed has been told: the last line is the count, whatever happened.
pub(crate) fn test(project: &Project, tier: Tier) -> Result<bool> {
    plan::run(project, steps(tier))
}

/// In the order in which they are wanted: what others wait for, then the longest.
fn steps(tier: Tier) -> Vec<Step> {
    let step = |name: &str, command: &str, after: &[&'static str]| Step {
        name: name.to_owned(),
        command: command.split(' ').map(str::to_owned).collect(),
        tier,
        after: after.to_vec(),
        compiles: false,
        variables: Vec::new(),
    };
    let compiling = |name: &str, command: &str, after: &[&'static str]| Step {
        compiles: true,
        ..step(name, command, after)
    };
    // What these run was made by steps before.
    let compiled = || vec![(programs::COMPILED, programs::ALL.to_owned())];
    let built = |name: &str, command: &str, after: &[&'static str]| Step {
        variables: compiled(),
        ..step(name, command, after)
    };
    let mut steps = vec![
        step(TOOLS, "setup tools", &[]),
        compiling(COMPILE, "compile", &[TOOLS]),
        step(TESTS, "setup tests", &[TOOLS]),
        Step {
            variables: vec![(programs::COMPILED, programs::PROGRAMS.to_owned())],
            ..compiling(BUILD, "build --apps", &[COMPILE])
        },
    ];
    for engine in Engine::ALL {
        let name = format!("browser tests, {}", engine.name());
        let command = format!("e2e --engine {}", engine.name());
        steps.push(built(&name, &command, &[COMPILE, BUILD, TESTS]));
    }
    steps.extend([
        built("npm package", "npm", &[COMPILE, BUILD, TESTS]),
        built("model", "model", &[COMPILE]),
        built("host tests", "host", &[COMPILE, TESTS]),
        built("simulation", "simulate", &[COMPILE]),
        step("format", "check format", &[TOOLS]),
        step("types", "check types", &[BUILD, TESTS]),
        built("size", "size --gate", &[BUILD]),
        Step {
            variables: compiled(),
            ..compiling("clippy", "check clippy", &[COMPILE, BUILD])
        },
        compiling("documentation", "check docs", &[BUILD]),
        compiling("documentation tests", "host --doc", &[BUILD]),
    ]);
    if tier == Tier::All {
        for step in &mut steps {
            // In this tier these are built for speed.
            step.compiles |= ["model", "simulation"].contains(&step.name.as_str());
        }
        steps.push(step("documentation site", "docs", &[TESTS]));
        steps.push(compiling("fuzzing", "fuzz --seed 1", &[TOOLS]));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_waits_for_is_a_step_before_it() {
        for tier in [Tier::Short, Tier::All] {
            let steps = steps(tier);
            for (place, step) in steps.iter().enumerate() {
                for name in &step.after {
                    let before = steps.iter().take(place);
                    assert!(before.into_iter().any(|step| step.name == *name), "{name}");
                }
            }
        }
    }
}
