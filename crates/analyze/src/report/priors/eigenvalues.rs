use artifact::Table;
use maud::html;

use super::matrices::{kernel_columns, label};
use crate::{
    FieldPriors,
    columns::Columns,
    field_priors::InitialKernel,
    report::{
        figure::{Figure, Panel, heading},
        heat_map::short,
        scale::{Scale, dots, px},
        style,
    },
};

const WIDTH: f64 = 186.0;
const TOP: f64 = 30.0;
const HEIGHT: f64 = TOP + WIDTH;

/// Half the side of the square of the complex plane that is shown, unless eigenvalues lie beyond.
const REACH: f64 = 1.08;

/// Makes the figure of the eigenvalues of initial weights.
pub(crate) fn figure(priors: &FieldPriors, name: &str) -> Figure {
    let with_eigenvalues = priors.initial.iter().filter(|kernel| !kernel.eigenvalues.is_empty());
    Figure {
        name: format!("{name}.eigenvalues"),
        title: format!("Eigenvalues of initial weights, field {}", priors.name),
        caption: "Eigenvalues of the initial weights in the complex plane, with the unit circle. A linear network forgets along an eigenvector \
                  the faster the nearer its eigenvalue is to 0; beyond the circle activity grows."
            .to_owned(),
        legend: Vec::new(),
        panels: with_eigenvalues.map(|kernel| panel(&label(priors, kernel), kernel)).collect(),
        columns: 5,
        data: table(priors),
    }
}

/// The table of the figure: a row an eigenvalue.
fn table(priors: &FieldPriors) -> Table {
    let eigenvalues = priors
        .initial
        .iter()
        .flat_map(|kernel| kernel.eigenvalues.iter().map(move |&eigenvalue| (kernel, eigenvalue)));
    let eigenvalues: Vec<(&InitialKernel, [f64; 2])> = eigenvalues.collect();
    let columns = Columns(&eigenvalues);
    Table::new()
        .with("field", columns.text(|_| priors.name.to_string()))
        .beside(kernel_columns(&eigenvalues))
        .with("real", columns.number(|(_, [real, _])| Some(*real)))
        .with("imaginary", columns.number(|(_, [_, imaginary])| Some(*imaginary)))
}

fn panel(title: &str, kernel: &InitialKernel) -> Panel {
    let radius = kernel.eigenvalues.iter().map(|[re, im]| re.hypot(*im)).fold(0.0, f64::max);
    let reach = REACH.max(radius * 1.05);
    let across = Scale { domain: [-reach, reach], range: [2.0, WIDTH - 2.0] };
    let up = Scale { domain: [-reach, reach], range: [TOP + WIDTH - 2.0, TOP + 2.0] };
    let (x, y) = (px(across.at(0.0)), px(up.at(0.0)));
    let unit = px(across.at(1.0) - across.at(0.0));
    let path = dots(kernel.eigenvalues.iter().map(|[re, im]| [across.at(*re), up.at(*im)]));
    let marks = html! {
        (heading(title, &format!("spectral radius {}", short(radius))))
        path class="guide" d=(format!("M2 {y}H{}M{x} {}V{}", px(WIDTH - 2.0), px(TOP + 2.0), px(TOP + WIDTH - 2.0))) {}
        circle class="axis" cx=(x) cy=(y) r=(unit) {}
        g class=(style::class(kernel.initialiser)) { path class="points" d=(path) {} }
    };
    let description = format!(
        "{title}: {} eigenvalues, the largest of magnitude {}",
        kernel.eigenvalues.len(),
        short(radius)
    );
    Panel { width: WIDTH, height: HEIGHT, description, marks }
}
