//! Times the matrix exponential and its adjoint on one thread against products of the same size and, where Python has it,
//! against SciPy in the same run.
//!
//! `products` is the time over that of one product of N × N matrices (2 N³ operations). SciPy is taken from `$LAMINA_PYTHON`,
//! or `python3`; `ratio` is our time over its.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{env, fs, hint::black_box, path::Path, process::Command, time::Instant};

use faer::{Accum, Par, linalg::matmul::matmul};
use numerics::{Exponential, Mat, Real, Workspace, exponential, to_row_major};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZE: usize = 312;
const NORMS: [f64; 4] = [1.0, 5.0, 40.0, 100.0];

/// Milliseconds of SciPy's exponential and Fréchet derivative, and its exponential.
struct Peer {
    forward: f64,
    frechet: f64,
    value: Vec<f64>,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let random = normals(SIZE);
    println!("N = {SIZE}, one thread, best of several; times in ms");
    println!(
        "{:>5} {:>9} {:>5} {:>7} {:>8} {:>9} {:>8} {:>9} {:>8} {:>6} {:>8} {:>6} {:>9}",
        "",
        "matrix",
        "norm",
        "degree",
        "forward",
        "products",
        "both",
        "products",
        "scipy",
        "ratio",
        "frechet",
        "ratio",
        "error"
    );
    for kind in ["normal", "positive"] {
        for norm in NORMS {
            let matrix = random.map(|&entry| if kind == "positive" { entry.abs() } else { entry });
            let largest = matrix.col_iter().map(|column| column.iter().map(|x| x.abs()).sum::<f64>());
            let factor = norm / largest.fold(0.0, f64::max);
            let matrix = matrix.map(|entry| entry * factor);
            let peer = scipy(folder.path(), &matrix);
            report::<f64>(kind, norm, &matrix, peer.as_ref());
            report::<f32>(kind, norm, &matrix, None);
        }
    }
}

fn report<T: Real>(kind: &str, norm: f64, matrix: &Mat<f64>, peer: Option<&Peer>) {
    let matrix: Mat<T> = matrix.map(|&entry| T::from_f64(entry));
    let mut product = Mat::<T>::zeros(SIZE, SIZE);
    let one = T::from_f64(1.0);
    let unit = best(40, || {
        matmul(product.as_mut(), Accum::Replace, matrix.as_ref(), matrix.as_ref(), one, Par::Seq);
        black_box(&product);
    });
    let value = exponential(matrix.as_ref()).unwrap();
    let forward = best(12, || drop(black_box(exponential(matrix.as_ref()).unwrap())));
    let mut workspace = Workspace::new();
    let both = best(12, || {
        let recorded = Exponential::new_in(matrix.as_ref(), &mut workspace).unwrap();
        black_box(recorded.adjoint_in(matrix.as_ref(), &mut workspace).unwrap());
        recorded.recycle(&mut workspace);
    });
    let recorded = Exponential::new(matrix.as_ref()).unwrap();
    let adjoint = best(12, || drop(black_box(recorded.adjoint(matrix.as_ref()).unwrap())));
    let (bits, plan) = (8 * size_of::<T>(), format!("{}·2^{}", recorded.degree(), recorded.squarings()));
    print!(
        "f{bits:<4} {kind:>9} {norm:>5} {plan:>7} {forward:>8.2} {:>9.2} {both:>8.2} {:>9.2}",
        forward / unit,
        both / unit
    );
    if let Some(peer) = peer {
        let largest = peer.value.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
        let found: Vec<f64> = to_row_major(value.as_ref()).iter().map(|entry| entry.to_f64()).collect();
        let error =
            found.iter().zip(&peer.value).fold(0.0_f64, |worst, (a, b)| worst.max((a - b).abs())) / largest;
        // SciPy's derivative computes the exponential on the way, so that ours is counted with it.
        let (a, b) = (forward / peer.forward, both.max(adjoint) / peer.frechet);
        print!(" {:>8.2} {a:>6.2} {:>8.2} {b:>6.2} {error:>9.1e}", peer.forward, peer.frechet);
    }
    println!();
}

/// Runs SciPy on the matrix, one thread; nothing, with a line that says so, where it cannot be run.
fn scipy(folder: &Path, matrix: &Mat<f64>) -> Option<Peer> {
    let bytes =
        to_row_major(matrix.as_ref()).iter().flat_map(|entry| entry.to_le_bytes()).collect::<Vec<_>>();
    fs::write(folder.join("matrix"), bytes).unwrap();
    let python = env::var("LAMINA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/scipy_expm.py");
    let output = Command::new(&python)
        .arg(script)
        .arg(folder)
        .envs(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"].map(|name| (name, "1")))
        .env_remove("OPENBLAS_CORETYPE")
        .output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        eprintln!("{python} has no SciPy (set LAMINA_PYTHON to one that has): no comparison");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut times = text.split_whitespace().map(|word| word.parse().unwrap());
    let value = fs::read(folder.join("value")).unwrap();
    let value = value.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
    Some(Peer { forward: times.next()?, frechet: times.next()?, value })
}

/// The least milliseconds of several runs after a first one.
fn best(runs: usize, mut run: impl FnMut()) -> f64 {
    run();
    let times = (0..runs).map(|_| {
        let started = Instant::now();
        run();
        started.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Standard normals of a fixed seed (SplitMix64, Box-Muller).
fn normals(size: usize) -> Mat<f64> {
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    Mat::from_fn(size, size, |_, _| {
        let radius = (-2.0 * (1.0 - uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * uniform()).cos()
    })
}
