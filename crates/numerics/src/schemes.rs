//! Taylor polynomials of the exponential in as few products as is known.
//!
//! A polynomial is a chain of products of linear combinations: with `X_0 = A`,
//! `X_{p+1} = (Σ_k left_pk X_k) (Σ_k right_pk X_k)`, and the value is `I + Σ_k value_k X_k`.
//!
//! Sources: Bader, Blanes & Casas 2019, Mathematics 7:1174 (degrees 8 and 12); Sastre, Ibáñez & Defez 2019, Applied
//! Mathematics and Computation 340:206 (degrees 16 and 24).

/// One product of combinations of `X_0, X_1, …`; coefficients left out are 0.
pub(crate) struct Product {
    pub(crate) left: &'static [f64],
    pub(crate) right: &'static [f64],
}

impl Product {
    /// Whether it is the next power of the argument.
    pub(crate) fn is_power(&self) -> bool {
        let others = self.left.split_last().is_some_and(|(last, others)| {
            *last == 1.0 && others.iter().all(|&coefficient| coefficient == 0.0)
        });
        others && self.right == [1.0]
    }
}

/// A polynomial, ready to be evaluated in `products.len()` matrix products.
pub(crate) struct Scheme {
    /// Power of the last term.
    pub(crate) degree: usize,
    /// Power to which the terms are those of the Taylor series; the few after it are near them.
    pub(crate) exact: usize,
    pub(crate) products: &'static [Product],
    pub(crate) value: &'static [f64],
}

impl Scheme {
    /// Whether the value is a combination of the other nodes plus the last product as it is.
    pub(crate) fn adds_last_product(&self) -> bool {
        !self.products.is_empty() && self.value.last() == Some(&1.0)
    }
}

const SQUARE: Product = Product { left: &[1.0], right: &[1.0] };
const CUBE: Product = Product { left: &[0.0, 1.0], right: &[1.0] };

/// The polynomials of degree 1, 2, 4, 8, 12, 16 and 24, in 0, 1, 2, 3, 4, 4 and 5 products.
///
/// Those of degree 8 and 12 are the published ones with the identity taken out of every factor:
/// `(l I + L) (r I + R) = L R + r L + l R + l r I`, of which only `L R` needs a product. The published factors
/// contain up to 11 I, which cancels to I in the value and costs a digit: the error falls from about 20 to about
/// 2 units in the last place. Those of degree 16 and 24 are the published ones with nested sums multiplied out and
/// their coefficients refined to the last place by Newton's method on the terms that are exact.
pub(crate) static SCHEMES: [Scheme; 7] = [
    Scheme { degree: 1, exact: 1, products: &[], value: &[1.0] },
    Scheme { degree: 2, exact: 2, products: &[SQUARE], value: &[1.0, 0.5] },
    Scheme {
        degree: 4,
        exact: 4,
        products: &[SQUARE, Product { left: &[0.0, 1.0], right: &[1.0 / 6.0, 1.0 / 24.0] }],
        value: &[1.0, 0.5, 1.0],
    },
    Scheme {
        degree: 8,
        exact: 8,
        products: &[
            SQUARE,
            Product { left: &[0.0, 1.0], right: &[0.108_364_656_785_227_8, 0.027_091_164_196_306_95] },
            Product {
                left: &[0.0, 0.666_666_666_666_666_6, 1.0],
                right: &[0.161_125_573_395_417_58, 0.014_090_917_158_378_208, 0.033_792_797_010_870_505],
            },
        ],
        value: &[1.0, 0.5, 0.546_761_457_970_724_1, 1.0],
    },
    Scheme {
        degree: 12,
        exact: 12,
        products: &[
            SQUARE,
            CUBE,
            Product {
                left: &[-0.131_810_610_138_301_84, -0.020_278_555_405_892_59, -0.006_759_518_468_630_863],
                right: &[-0.131_810_610_138_301_84, -0.020_278_555_405_892_59, -0.006_759_518_468_630_863],
            },
            Product {
                left: &[1.254_295_888_570_631_2, 0.105_308_870_115_292_58, 0.017_195_450_574_175_083, 1.0],
                right: &[0.055_027_984_399_308_984, 0.093_515_907_705_362_61, 0.006_107_005_288_983_403, 1.0],
            },
        ],
        value: &[1.0, 0.332_298_328_622_116_33, -0.009_536_296_330_848_355, 5.679_756_357_242_121_5, 1.0],
    },
    Scheme {
        degree: 16,
        exact: 15,
        products: &[
            SQUARE,
            Product { left: &[0.0, 1.0], right: &[0.002_945_531_440_279_683, 0.000_401_876_161_020_103_57] },
            Product {
                left: &[0.401_756_844_067_356_8, -0.008_709_066_576_837_676, 1.0],
                right: &[0.0, 0.032_307_628_881_223_12, 1.0],
            },
            Product {
                left: &[2.224_209_172_496_373_7, 0.261_492_797_729_811_7, 5.768_988_513_026_144_5, 1.0],
                right: &[
                    -0.041_302_763_659_297_83,
                    0.023_385_760_342_712_99,
                    -0.023_373_194_047_115_794,
                    1.0,
                ],
            },
        ],
        value: &[1.0, 0.591_865_985_780_460_1, -3.273_392_009_960_085, 10.408_017_352_313_543, 1.0],
    },
    Scheme {
        degree: 24,
        exact: 21,
        products: &[
            SQUARE,
            CUBE,
            Product {
                left: &[0.0, 0.0, 1.0],
                right: &[5.374_708_803_114_820_6e-5, 4.500_852_739_573_01e-6, 1.161_658_834_444_880_3e-6],
            },
            Product {
                left: &[0.941_861_321_480_635_2, 0.069_743_482_695_444_24, 0.002_005_403_977_292_901_3, 1.0],
                right: &[0.0, -0.007_544_837_153_586_671, 0.002_852_960_512_714_315, 1.0],
            },
            Product {
                left: &[
                    0.311_221_622_798_240_7,
                    0.085_283_925_908_315_81,
                    0.029_244_725_874_813_8,
                    1.829_773_504_500_423_8,
                    1.0,
                ],
                right: &[
                    0.686_570_635_566_283_4,
                    0.139_224_914_376_979_8,
                    0.031_513_827_116_083_15,
                    11.173_624_766_438_47,
                    1.0,
                ],
            },
        ],
        value: &[
            1.0,
            0.286_324_372_633_441_74,
            0.087_760_367_328_677_58,
            0.189_955_267_394_875_8,
            3.233_370_163_085_379_7,
            1.0,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn multiply(left: &[f64], right: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; left.len() + right.len() - 1];
        for (i, a) in left.iter().enumerate() {
            for (j, b) in right.iter().enumerate() {
                product[i + j] += a * b;
            }
        }
        product
    }

    fn combine(coefficients: &[f64], nodes: &[Vec<f64>]) -> Vec<f64> {
        let mut sum = vec![0.0; 25];
        for (coefficient, node) in coefficients.iter().zip(nodes) {
            for (power, entry) in node.iter().enumerate().filter(|(_, entry)| **entry != 0.0) {
                sum[power] += coefficient * entry;
            }
        }
        let degree = sum.iter().rposition(|&entry| entry != 0.0).unwrap_or(0);
        sum.truncate(degree + 1);
        sum
    }

    #[test]
    fn every_scheme_expands_to_the_taylor_series() {
        for scheme in &SCHEMES {
            let mut nodes = vec![vec![0.0, 1.0]];
            for product in scheme.products {
                nodes.push(multiply(&combine(product.left, &nodes), &combine(product.right, &nodes)));
            }
            let mut expanded = combine(scheme.value, &nodes);
            expanded[0] += 1.0;
            assert_eq!(expanded.len(), scheme.degree + 1);
            let mut factorial = 1.0;
            for (power, coefficient) in expanded.iter().enumerate() {
                factorial *= power.max(1) as f64;
                let error = (coefficient * factorial - 1.0).abs();
                let bound = if power <= scheme.exact { 2e-15 } else { 0.5 };
                assert!(error < bound, "degree {}, power {power}: {error:e}", scheme.degree);
            }
        }
    }
}
