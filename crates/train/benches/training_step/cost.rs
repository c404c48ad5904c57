//! What a run costs against N, T and its penalty: a fit over some sizes, judged on others.

use cortex::Task;
use faer::{Mat, linalg::solvers::SolveLstsq};
use numerics::PenaltyKind;
use train::cost::{CostModel, RunSize};

use crate::{
    KINDS,
    subject::{BATCH, Subject},
};

const FITTED: [usize; 7] = [48, 70, 112, 200, 312, 450, 632];
const HELD_OUT: [usize; 3] = [90, 160, 400];
const STEPS: usize = 10;

/// A run of [`STEPS`] steps with half as many trials for validation and for test, and its microseconds.
struct Measured {
    task: Task,
    size: RunSize,
    time: f64,
}

/// Fits the model to whole runs, and predicts those of other sizes.
pub(crate) fn cost() {
    println!("\ncost of a run of {STEPS} steps, one thread, batch {BATCH}, best of three");
    let fitted = measure(&FITTED);
    let model = fit(&fitted);
    println!("{model:#?}");
    println!("{:>5} {:>22} {:>5} {:>12} {:>10} {:>7}", "N", "", "", "measured, ms", "model, ms", "error");
    show("fitted", &fitted, &model);
    show("not fitted", &measure(&HELD_OUT), &model);
}

fn measure(sizes: &[usize]) -> Vec<Measured> {
    let mut measured = Vec::new();
    for &units in sizes {
        for task in Task::ALL {
            for penalty in KINDS {
                let subject = Subject::on(task, units, penalty);
                let times = (0..3).map(|_| 1e6 * subject.seconds_of_a_run(STEPS));
                let time = times.fold(f64::INFINITY, f64::min);
                let evaluated = if task == Task::PerceptualDecision { STEPS * BATCH } else { 0 };
                let shape = tasks::shape(task);
                let size = RunSize { units, shape, batch: BATCH, steps: STEPS, evaluated, penalty };
                measured.push(Measured { task, size, time });
            }
        }
    }
    measured
}

fn show(part: &str, runs: &[Measured], model: &CostModel) {
    let mut worst = 0.0_f64;
    for run in runs {
        let predicted = model.microseconds(&run.size);
        let error = predicted / run.time - 1.0;
        worst = worst.max(error.abs());
        println!(
            "{:>5} {:>22} {:>5} {:>12.1} {:>10.1} {:>6.1}%",
            run.size.units,
            run.task.name(),
            run.size.penalty.to_string(),
            run.time * 1e-3,
            predicted * 1e-3,
            100.0 * error
        );
    }
    println!("{part}: largest error {:.1} %", 100.0 * worst);
}

/// Fits first the terms of every run, to runs without communicability, and then what communicability adds.
fn fit(runs: &[Measured]) -> CostModel {
    let of = |penalty: PenaltyKind| runs.iter().filter(move |run| run.size.penalty == penalty);
    let plain: Vec<_> = of(PenaltyKind::Weight).collect();
    let terms: [f64; 5] = least_squares(plain.iter().map(|run| (run.size.terms(), run.time, run.time)));
    let mut model = CostModel { terms, penalty: [[0.0; 2]; 4] };
    for penalty in [PenaltyKind::Communicability, PenaltyKind::MatchedCommunicability] {
        let added = of(penalty).zip(&plain);
        let rows = added.map(|(run, plain)| (run.size.penalty_terms(), run.time - plain.time, run.time));
        model.penalty[penalty as usize] = least_squares(rows);
    }
    model
}

/// Least squares of errors relative to a scale; each row has features, value and scale.
fn least_squares<const N: usize>(rows: impl Iterator<Item = ([f64; N], f64, f64)>) -> [f64; N] {
    let rows: Vec<_> = rows.collect();
    let design = Mat::from_fn(rows.len(), N, |row, column| rows[row].0[column] / rows[row].2);
    let values = Mat::from_fn(rows.len(), 1, |row, _| rows[row].1 / rows[row].2);
    let solution = design.qr().solve_lstsq(&values);
    std::array::from_fn(|at| solution[(at, 0)])
}
