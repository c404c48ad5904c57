//! Taylor polynomials of the exponential in as few products as is known.
//!
//! A polynomial is a chain of products of linear combinations: with `X_0 = A`,
//! `X_{p+1} = (Σ_k left_pk X_k) (Σ_k right_pk X_k)`, and the value is `I + Σ_k value_k X_k`.
//!
//! Source: Bader, Blanes & Casas 2019, Mathematics 7:1174.

/// One product of combinations of `X_0, X_1, …`; coefficients left out are 0.
pub(crate) struct Product {
    pub(crate) left: &'static [f64],
    pub(crate) right: &'static [f64],
}

/// A polynomial, ready to be evaluated in `products.len()` matrix products.
pub(crate) struct Scheme {
    pub(crate) degree: usize,
    pub(crate) products: &'static [Product],
    pub(crate) value: &'static [f64],
}

const SQUARE: Product = Product { left: &[1.0], right: &[1.0] };
const CUBE: Product = Product { left: &[0.0, 1.0], right: &[1.0] };
const SIXTH_POWER: Product = Product { left: &[0.0, 0.0, 1.0], right: &[0.0, 0.0, 1.0] };

/// The polynomials of degree 1, 2, 4, 8, 12 and 18, in 0 to 5 products.
///
/// Those of degree 8, 12 and 18 are the published ones with the identity taken out of every factor:
/// `(l I + L) (r I + R) = L R + r L + l R + l r I`, of which only `L R` needs a product. The published factors
/// contain up to 11 I, which cancels to I in the value and costs a digit: the error falls from about 20 to about
/// 2 units in the last place.
pub(crate) static SCHEMES: [Scheme; 6] = [
    Scheme { degree: 1, products: &[], value: &[1.0] },
    Scheme { degree: 2, products: &[SQUARE], value: &[1.0, 0.5] },
    Scheme {
        degree: 4,
        products: &[SQUARE, Product { left: &[0.0, 1.0], right: &[1.0 / 6.0, 1.0 / 24.0] }],
        value: &[1.0, 0.5, 1.0],
    },
    Scheme {
        degree: 8,
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
        degree: 18,
        products: &[
            SQUARE,
            CUBE,
            SIXTH_POWER,
            Product {
                left: &[-0.100_365_581_030_144_62, -0.008_029_246_482_411_57, -0.000_892_138_498_045_73],
                right: &[
                    0.0,
                    -0.092_336_461_936_711_86,
                    -0.016_936_493_900_208_172,
                    -1.400_867_981_820_361_6e-5,
                ],
            },
            Product {
                left: &[
                    1.612_517_686_881_923_8,
                    0.124_774_114_824_932_52,
                    0.022_573_155_818_051_03,
                    1.957_947_595_700_098_5e-5,
                    1.0,
                ],
                right: &[
                    -0.067_640_451_907_138_19,
                    0.067_596_130_177_045_97,
                    0.029_555_257_042_931_552,
                    -1.391_802_575_160_607e-5,
                    1.0,
                ],
            },
        ],
        value: &[
            1.0,
            0.609_071_425_048_946_5,
            0.169_424_154_717_016_52,
            -0.000_485_762_278_605_524_16,
            -11.148_502_971_774_368,
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
        let mut sum = vec![0.0; 19];
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
                assert!(error < 1e-15, "degree {}, power {power}: {error:e}", scheme.degree);
            }
        }
    }
}
