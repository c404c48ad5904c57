use statrs::function::beta::checked_beta_reg;

use crate::StatisticsError;

/// All interactions of so many factors are formed.
const MAXIMUM_FACTORS: usize = 4;

/// A residual below this fraction of the total sum of squares is rounding.
const ROUNDING: f64 = 1e-14;

/// A column whose part outside the model is below this fraction of it adds nothing.
const DEPENDENT: f64 = 1e-9;

/// A grouping of observations.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a> {
    /// Name.
    pub name: &'a str,
    /// Level of every observation; the numbers have no order.
    pub levels: &'a [usize],
}

/// One row of an analysis of variance.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Names of its factors, joined by a colon.
    pub name: String,
    /// Sum of squares that it explains beyond all terms that do not contain it.
    pub sum_of_squares: f64,
    /// Degrees of freedom: by how much it raises the rank of the model. 0 if the design leaves it nothing.
    pub freedom: usize,
    /// Mean square over that of the residual; absent if either has no degree of freedom or the residual is zero.
    pub f: Option<f64>,
    /// Probability of an F as large if the term has no effect.
    pub p: Option<f64>,
}

/// An analysis of variance.
#[derive(Clone, Debug, PartialEq)]
pub struct Anova {
    /// Main effects and interactions, smaller terms first.
    pub terms: Vec<Term>,
    /// Sum of squares that no term explains.
    pub residual: f64,
    /// Its degrees of freedom.
    pub residual_freedom: usize,
}

/// Analyses the variance of a response by crossed factors and all their interactions, with type II sums of squares.
///
/// A term's sum of squares is what it adds to the model of all terms that do not contain it; F is its mean square over
/// that of the residual of the full model. Factors of one level are left out. Cells of the design may be empty: degrees
/// of freedom are ranks, so that interactions which the design cannot tell apart have fewer, or none.
///
/// # Errors
/// [`StatisticsError::Length`], [`StatisticsError::TooManyFactors`].
///
/// Source: Langsrud 2003, Stat. Comput. 13:163 (`statsmodels.stats.anova.anova_lm(typ=2)`, `car::Anova`). With
/// [`ranks`](crate::ranks) as response: Conover & Iman 1981, Am. Stat. 35:124.
pub fn type_two_anova(response: &[f64], factors: &[Factor<'_>]) -> Result<Anova, StatisticsError> {
    for factor in factors {
        let (found, expected) = (factor.levels.len(), response.len());
        if found != expected {
            return Err(StatisticsError::Length { factor: factor.name.to_owned(), found, expected });
        }
    }
    if factors.len() > MAXIMUM_FACTORS {
        return Err(StatisticsError::TooManyFactors { found: factors.len(), maximum: MAXIMUM_FACTORS });
    }
    let factors: Vec<Factor<'_>> =
        factors.iter().copied().filter(|factor| distinct(factor.levels).len() > 1).collect();
    // A term is a set of factors, one bit each; smaller terms come first.
    let mut terms: Vec<usize> = (1..1 << factors.len()).collect();
    terms.sort_by_key(|term: &usize| (term.count_ones(), term.trailing_zeros(), *term));
    let columns: Vec<Vec<Vec<f64>>> = terms.iter().map(|&term| indicators(term, &factors)).collect();
    let mut full = Model::of_the_mean(response);
    let total = norm(&full.rest).powi(2);
    for columns in &columns {
        full.add(columns);
    }
    let residual = norm(&full.rest).powi(2);
    let residual = if residual > ROUNDING * total { residual } else { 0.0 };
    let residual_freedom = response.len().saturating_sub(full.basis.len());
    let analysed = terms.iter().zip(&columns).map(|(&term, own)| {
        let mut reduced = Model::of_the_mean(response);
        for (&other, columns) in terms.iter().zip(&columns) {
            if other & term != term {
                reduced.add(columns);
            }
        }
        let before = reduced.basis.len();
        let sum_of_squares = reduced.add(own);
        let freedom = reduced.basis.len() - before;
        let f = ratio(sum_of_squares, freedom, residual, residual_freedom);
        let p = f.and_then(|f| f_upper_tail(f, freedom as f64, residual_freedom as f64));
        Term { name: name(term, &factors), sum_of_squares, freedom, f, p }
    });
    Ok(Anova { terms: analysed.collect(), residual, residual_freedom })
}

fn distinct(levels: &[usize]) -> Vec<usize> {
    let mut distinct = levels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

fn name(term: usize, factors: &[Factor<'_>]) -> String {
    members(term, factors).map(|factor| factor.name).collect::<Vec<_>>().join(":")
}

fn members<'a>(term: usize, factors: &'a [Factor<'a>]) -> impl Iterator<Item = &'a Factor<'a>> {
    factors.iter().enumerate().filter(move |(index, _)| term >> index & 1 == 1).map(|(_, factor)| factor)
}

/// One column of zeros and ones for every combination of levels that occurs.
fn indicators(term: usize, factors: &[Factor<'_>]) -> Vec<Vec<f64>> {
    let observations = factors.first().map_or(0, |factor| factor.levels.len());
    let cells: Vec<Vec<usize>> = (0..observations)
        .map(|row| members(term, factors).map(|factor| factor.levels[row]).collect())
        .collect();
    let mut occurring = cells.clone();
    occurring.sort();
    occurring.dedup();
    occurring.iter().map(|cell| cells.iter().map(|own| f64::from(u8::from(own == cell))).collect()).collect()
}

/// An orthonormal basis of the columns added so far, and what they leave of the response.
struct Model {
    basis: Vec<Vec<f64>>,
    rest: Vec<f64>,
}

impl Model {
    fn of_the_mean(response: &[f64]) -> Self {
        let mut model = Self { basis: Vec::new(), rest: response.to_vec() };
        model.add(&[vec![1.0; response.len()]]);
        model
    }

    /// Adds columns by Gram-Schmidt, each orthogonalised twice; returns the sum of squares that they explain.
    fn add(&mut self, columns: &[Vec<f64>]) -> f64 {
        let mut explained = 0.0;
        for column in columns {
            let mut direction = column.clone();
            for _ in 0..2 {
                for known in &self.basis {
                    subtract(&mut direction, known);
                }
            }
            let length = norm(&direction);
            if length <= DEPENDENT * norm(column) {
                continue;
            }
            for value in &mut direction {
                *value /= length;
            }
            explained += subtract(&mut self.rest, &direction).powi(2);
            self.basis.push(direction);
        }
        explained
    }
}

/// Takes the part along a unit vector out of `values`; returns its length.
fn subtract(values: &mut [f64], unit: &[f64]) -> f64 {
    let along: f64 = values.iter().zip(unit).map(|(value, unit)| value * unit).sum();
    for (value, unit) in values.iter_mut().zip(unit) {
        *value -= along * unit;
    }
    along
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn ratio(squares: f64, freedom: usize, residual: f64, residual_freedom: usize) -> Option<f64> {
    let f = (squares / freedom as f64) / (residual / residual_freedom as f64);
    (freedom > 0 && residual_freedom > 0 && residual > 0.0).then_some(f).filter(|f| f.is_finite())
}

/// The upper tail of the F distribution, `I_{n / (n + m f)}(n/2, m/2)` with m and n degrees of freedom.
fn f_upper_tail(f: f64, m: f64, n: f64) -> Option<f64> {
    checked_beta_reg(n * 0.5, m * 0.5, n / (n + m * f)).ok().map(|p| p.clamp(0.0, 1.0))
}
