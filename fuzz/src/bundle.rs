mod element;
pub(crate) mod npy;
pub(crate) mod pickle;
