//! Deconvolved activity in NWB files laid out as those of DANDI 000402, the two-photon scans of MICrONS.
//!
//! One file is one scan. For every imaging plane F, `processing/ophys` holds
//!
//! - `ImageSegmentation/PlaneSegmentationF/id`: the unit of every region of interest;
//! - `Fluorescence/DeconvolvedActivityF`: `data [frames, regions]`, `rois [regions]` (rows of that table) and
//!   `timestamps [frames]`, seconds.
//!
//! Session and scan are those of `general/session_id` (`5-scan-6`), else of the file's name (`…ses-5-scan-6…`). Files are
//! read piece by piece: memory holds the times of a plane and some frames of it. Without the feature `hdf5`, this crate is empty.
#![cfg(feature = "hdf5")]

mod error;
mod plane;
mod recording;

pub use error::NwbError;
pub use plane::Plane;
pub use recording::Recording;
