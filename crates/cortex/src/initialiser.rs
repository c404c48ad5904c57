use std::fmt;

use crate::{Protocol, Relabelling, nearest::nearest};

/// How the recurrent kernel starts: the W part of a variant, written `W`, `W*`, `W!` or `W~name`.
///
/// `W*` below stands for the functional weights of the same simulation. All but the orthogonal ones are not negative
/// if `W*` is not. Weights of a given spectral radius have it in double precision, before they are stored in single.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Initialiser {
    /// `W`: a random orthogonal matrix, another one in every run.
    Orthogonal,
    /// `W*`: functional weights, a log-normal draw times functional measures.
    Functional,
    /// `W!`: `W*` rearranged as the protocol says: [`Relabelled`](Self::Relabelled) or [`Shuffled`](Self::Shuffled).
    Rearranged,
    /// `relabelled`: `W*` with rows and columns permuted together, the same graph under other names.
    Relabelled,
    /// `shuffled`: all entries of `W*` permuted.
    Shuffled,
    /// `shuffled-off-diagonal`: the entries of `W*` off the diagonal permuted, the diagonal left in place.
    ShuffledOffDiagonal,
    /// `identity`: `αI + β`, α and β the mean diagonal and off-diagonal of `W*`.
    Identity,
    /// `diagonal`: `W*` without its off-diagonal.
    Diagonal,
    /// `diagonal-lognormal`: an independent log-normal diagonal with the mean of that of `W*`.
    DiagonalLognormal,
    /// `off-diagonal`: `W*` without its diagonal, at its spectral radius.
    OffDiagonal,
    /// `lognormal`: `W*` without functional factors.
    Lognormal,
    /// `spectrum`: `Q W* Qᵀ` for a random orthogonal Q: the eigenvalues of `W*` and nothing else of it.
    Spectrum,
    /// `orthogonal-scaled`: a random orthogonal matrix of the L1 norm of `W*`.
    OrthogonalScaled,
    /// `orthogonal-positive`: the magnitudes of a random orthogonal matrix, at the spectral radius of `W*`.
    OrthogonalPositive,
    /// `shifted`: `W*` of event trains that are each rotated by a random lag.
    Shifted,
    /// `connectome`: synapse counts, at the spectral radius of `W*`.
    Connectome,
    /// `rewired`: the connectome with its in- and out-degrees, rewired.
    Rewired,
    /// `rewired-length`: the same with connection lengths kept approximately.
    RewiredLength,
}

impl Initialiser {
    /// All initialisers that have a name of their own, by name in the order of the documentation.
    pub const NAMED: [Self; 17] = [
        Self::Orthogonal,
        Self::Functional,
        Self::Identity,
        Self::Diagonal,
        Self::DiagonalLognormal,
        Self::OffDiagonal,
        Self::Lognormal,
        Self::Shuffled,
        Self::ShuffledOffDiagonal,
        Self::Relabelled,
        Self::Spectrum,
        Self::OrthogonalScaled,
        Self::OrthogonalPositive,
        Self::Shifted,
        Self::Connectome,
        Self::Rewired,
        Self::RewiredLength,
    ];

    /// Name after `W~` and of the tensor in `initial/ARM.safetensors`; that of `W!` depends on the protocol
    /// ([`Initialiser::under`]), and alone it is called `rearranged`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orthogonal => "orthogonal",
            Self::Functional => "functional",
            Self::Rearranged => "rearranged",
            Self::Relabelled => "relabelled",
            Self::Shuffled => "shuffled",
            Self::ShuffledOffDiagonal => "shuffled-off-diagonal",
            Self::Identity => "identity",
            Self::Diagonal => "diagonal",
            Self::DiagonalLognormal => "diagonal-lognormal",
            Self::OffDiagonal => "off-diagonal",
            Self::Lognormal => "lognormal",
            Self::Spectrum => "spectrum",
            Self::OrthogonalScaled => "orthogonal-scaled",
            Self::OrthogonalPositive => "orthogonal-positive",
            Self::Shifted => "shifted",
            Self::Connectome => "connectome",
            Self::Rewired => "rewired",
            Self::RewiredLength => "rewired-length",
        }
    }

    /// The initialiser that this one is under a protocol: `W!` becomes what the protocol's switch says, others stay.
    #[must_use]
    pub fn under(self, protocol: Protocol) -> Self {
        match (self, protocol.relabelling) {
            (Self::Rearranged, Relabelling::Neurons) => Self::Relabelled,
            (Self::Rearranged, Relabelling::Entries) => Self::Shuffled,
            _ => self,
        }
    }

    /// Whether it is one of the study's own, with a sign instead of a name.
    pub fn is_published(self) -> bool {
        matches!(self, Self::Orthogonal | Self::Functional | Self::Rearranged)
    }

    /// Finds the initialiser of a name, or the nearest known name.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        nearest(name, &Self::NAMED, Self::name)
    }
}

impl fmt::Display for Initialiser {
    /// Writes the W part of a variant: `W`, `W*`, `W!` or `W~name`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orthogonal => formatter.pad("W"),
            Self::Functional => formatter.pad("W*"),
            Self::Rearranged => formatter.pad("W!"),
            named => formatter.pad(&format!("W~{}", named.name())),
        }
    }
}
